import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import { describe, expect, test } from "bun:test";
import { ROLE_VARIABLE, takeProcessRole, type AgentRole, type ServerRole } from "../../src/agent-role/role.ts";
import { UnreadableTable, type ProcessInfo, type ProcessTable } from "../../src/processes/process-table.ts";
import { FakeTable, row } from "../processes/fake-table.ts";

const role: AgentRole = {
  instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  nonce: "0123456789abcdef",
  agent: "mimir",
  sessionId: null,
  supervisor: { pid: 100, startTime: "5000" },
  onExit: "kill",
  turn: "initial",
  skipPermissions: false,
  guard: defaultGuard("/state"),
};

/** A process table with at most the supervisor in it. */
function tableWith(supervisor?: Partial<ProcessInfo>): ProcessTable {
  return new FakeTable(supervisor === undefined ? [] : [row({ pid: 100, startTime: "5000", ...supervisor })]);
}

const alive = tableWith({});

function take(text: string, parentPid: number, table: ProcessTable) {
  return takeProcessRole({ [ROLE_VARIABLE]: text }, parentPid, table);
}

test("without the variable this is an ordinary host", () => {
  expect(takeProcessRole({}, 100, alive)).toEqual({ kind: "host" });
});

test("the role holds where the parent is the supervisor that it names", () => {
  expect(take(JSON.stringify(role), 100, alive)).toEqual({ kind: "agent", role });
});

/** The supervisor 100, and wrappers one below the other. */
function below(...wrappers: number[]): FakeTable {
  return new FakeTable([
    row({ pid: 100, startTime: "5000" }),
    ...wrappers.map((pid, index) => row({ pid, parentPid: wrappers[index - 1] ?? 100, command: `wrapper ${pid}` })),
  ]);
}

describe("the role holds along the chain of parents", () => {
  test("through one wrapper that waits for it, and through more", () => {
    expect(take(JSON.stringify(role), 555, below(555))).toEqual({ kind: "agent", role });
    expect(take(JSON.stringify(role), 777, below(555, 666, 777))).toEqual({ kind: "agent", role });
  });

  test("where the supervisor could not read its own start, its pid tells", () => {
    const blind = { ...role, supervisor: { pid: 100, startTime: "" } };
    expect(take(JSON.stringify(blind), 555, below(555))).toEqual({ kind: "agent", role: blind });
  });

  test("not through a process that has the pid of the supervisor since", () => {
    const table = new FakeTable([row({ pid: 100, startTime: "9999" }), row({ pid: 555, parentPid: 100 })]);
    expect(take(JSON.stringify(role), 555, table)).toMatchObject({ kind: "orphan" });
  });

  test("not beside the supervisor, and then it says who is above it", () => {
    const table = new FakeTable([
      row({ pid: 100, startTime: "5000" }),
      row({ pid: 1, parentPid: 0, command: "init" }),
      row({ pid: 555, parentPid: 1, command: "a daemon" }),
    ]);
    expect(take(JSON.stringify(role), 555, table)).toEqual({
      kind: "orphan",
      role,
      why: "process 100, which asked for it, is not above it, but 555 (a daemon), 1 (init)",
    });
  });

  test("not where the table goes in a circle, or cannot be read", () => {
    const circle = new FakeTable([row({ pid: 555, parentPid: 666 }), row({ pid: 666, parentPid: 555 })]);
    expect(take(JSON.stringify(role), 555, circle)).toMatchObject({ kind: "orphan" });
    const blind = new FakeTable([]);
    blind.find = () => {
      throw new UnreadableTable(new Error("EMFILE"));
    };
    const why = expect.stringContaining("EMFILE");
    expect(take(JSON.stringify(role), 555, blind)).toMatchObject({ kind: "orphan", why });
    // A parent needs no table.
    expect(take(JSON.stringify(role), 100, blind)).toEqual({ kind: "agent", role });
  });
});

test.each([
  ["no supervisor", { ...role, supervisor: undefined }],
  ["a pid that is text", { ...role, supervisor: { pid: "100", startTime: "5000" } }],
  ["an unknown way to end", { ...role, onExit: "linger" }],
])("a role with %s makes no host of an agent either", (_, given) => {
  expect(take(JSON.stringify(given), 100, alive)).toMatchObject({ kind: "orphan" });
});

test("a role of another version of the plugin makes no host of an agent", () => {
  const { instanceId, nonce } = role;
  const later = { instanceId, nonce, kind: "cluster", supervisor: 100 };
  expect(take(JSON.stringify(later), 100, alive)).toEqual({
    kind: "orphan",
    role: later,
    why: "it has loaded another version of Bizar than the opencode that asked for it",
  });
});

describe("a child whose supervisor was gone before it was loaded is an orphan", () => {
  const tables: [what: string, table: ProcessTable][] = [
    ["its process is not there", tableWith()],
    ["it is a zombie", tableWith({ isZombie: true })],
    ["its pid was given to another process", tableWith({ startTime: "9999" })],
  ];
  for (const [what, table] of tables) {
    test(what, () => expect(take(JSON.stringify(role), 1, table)).toMatchObject({ kind: "orphan", role }));
  }
});

test("it is one with onExit finish as well: nobody knows the session of a first turn, to read its result back", () => {
  const finishing: AgentRole = { ...role, onExit: "finish" };
  expect(take(JSON.stringify(finishing), 1, tableWith())).toMatchObject({ kind: "orphan", role: finishing });
});

describe("what is no role makes an ordinary host", () => {
  const texts: [what: string, text: string][] = [
    ["not JSON", "agent"],
    ["empty", ""],
    ["half of one", JSON.stringify(role).slice(0, -9)],
    ["null", "null"],
    ["a list", "[]"],
    ["without an instance", JSON.stringify({ ...role, instanceId: undefined })],
    ["a short nonce", JSON.stringify({ ...role, nonce: "x" })],
  ];
  for (const [what, text] of texts) {
    test(what, () => expect(take(text, 100, alive)).toEqual({ kind: "host" }));
  }
});

test("the variable is taken out of the environment, whatever is in it, and nothing else is", () => {
  for (const text of [JSON.stringify(role), "garbage", ""]) {
    const environment = { [ROLE_VARIABLE]: text, BIZAR_INSTANCE: role.instanceId, PATH: "/bin" };
    takeProcessRole(environment, 100, alive);
    expect(environment as Record<string, string>).toEqual({ BIZAR_INSTANCE: role.instanceId, PATH: "/bin" });
  }
});

describe("the server of warm agents", () => {
  const server: ServerRole = {
    kind: "server",
    instanceId: "wrm_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    nonce: "0123456789abcdef",
    supervisor: { pid: 100, startTime: "5000" },
    onExit: "finish",
    skipPermissions: true,
    guard: defaultGuard("/state"),
  };

  test("has its role where the parent is the supervisor that it names", () => {
    expect(take(JSON.stringify(server), 100, alive)).toEqual({ kind: "server", role: server });
  });

  test("is an orphan when that one was gone before", () => {
    expect(take(JSON.stringify(server), 1, tableWith())).toMatchObject({ kind: "orphan", role: server });
  });

  test("has its role through a wrapper as well, and none beside its supervisor", () => {
    const wrapped = new FakeTable([row({ pid: 100, startTime: "5000" }), row({ pid: 555, parentPid: 100 })]);
    expect(take(JSON.stringify(server), 555, wrapped)).toEqual({ kind: "server", role: server });
    expect(take(JSON.stringify(server), 555, alive)).toMatchObject({ kind: "orphan", role: server });
  });
});

describe("a role that was launched elsewhere", () => {
  const launched: AgentRole = { ...role, launched: "shared" };
  const takeBelow = (shell: string | undefined, parentPid: number, table: ProcessTable, given = launched) =>
    takeProcessRole(
      { [ROLE_VARIABLE]: JSON.stringify(given), ...(shell === undefined ? {} : { BIZAR_LAUNCHED: shell }) },
      parentPid,
      table,
    );

  test("holds below the shell that has read it, whoever its supervisor is", () => {
    expect(takeBelow("555", 555, tableWith())).toEqual({ kind: "agent", role: launched, shell: 555 });
    expect(takeBelow("555", 777, below(555, 666, 777))).toEqual({ kind: "agent", role: launched, shell: 555 });
  });

  test("holds nowhere else", () => {
    expect(takeBelow("444", 555, below(555))).toMatchObject({ kind: "orphan", why: expect.stringContaining("444") });
    expect(takeBelow(undefined, 555, below(555))).toMatchObject({ kind: "orphan" });
    expect(takeBelow("x", 555, below(555))).toMatchObject({ kind: "orphan" });
  });

  test("an ordinary role is not proved by such a shell", () => {
    expect(takeBelow("555", 555, new FakeTable([row({ pid: 555, parentPid: 1 })]), role)).toMatchObject({
      kind: "orphan",
    });
  });

  test("with copied files has a state folder of its own there", () => {
    const taken = takeBelow("555", 555, tableWith(), { ...role, launched: "git" });
    expect(taken).toMatchObject({
      kind: "agent",
      role: { guard: { sessionDir: expect.stringMatching(/bizar\/sessions$/) } },
    });
    expect(JSON.stringify(taken)).not.toContain(role.guard.sessionDir);
  });

  test("a probe is no role", () => {
    const environment: NodeJS.ProcessEnv = { [ROLE_VARIABLE]: "probe" };
    expect(takeProcessRole(environment, 1, alive)).toEqual({ kind: "probe" });
    expect(environment).toEqual({});
  });
});
