import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import { describe, expect, test } from "bun:test";
import { ROLE_VARIABLE, takeProcessRole, type AgentRole, type ServerRole } from "../../src/agent-role/role.ts";
import type { ProcessInfo, ProcessTable } from "../../src/processes/process-table.ts";
import { FakeTable, row } from "../processes/fake-table.ts";

const role: AgentRole = {
  instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  nonce: "0123456789abcdef",
  agent: "mimir",
  sessionId: null,
  supervisor: { pid: 100, startTime: "5000" },
  onExit: "kill",
  turn: "initial",
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

test("a run in the agent's own bash, whose parent is another process, is an ordinary host", () => {
  expect(take(JSON.stringify(role), 555, alive)).toEqual({ kind: "host" });
});

describe("a child whose supervisor was gone before it was loaded is an orphan", () => {
  const tables: [what: string, table: ProcessTable][] = [
    ["its process is not there", tableWith()],
    ["it is a zombie", tableWith({ isZombie: true })],
    ["its pid was given to another process", tableWith({ startTime: "9999" })],
  ];
  for (const [what, table] of tables) {
    test(what, () => expect(take(JSON.stringify(role), 1, table)).toEqual({ kind: "orphan", role }));
  }
});

test("it is one with onExit finish as well: nobody knows the session of a first turn, to read its result back", () => {
  const finishing: AgentRole = { ...role, onExit: "finish" };
  expect(take(JSON.stringify(finishing), 1, tableWith())).toEqual({ kind: "orphan", role: finishing });
});

describe("what is no role makes an ordinary host", () => {
  const texts: [what: string, text: string][] = [
    ["not JSON", "agent"],
    ["empty", ""],
    ["half of one", JSON.stringify(role).slice(0, -9)],
    ["null", "null"],
    ["a list", "[]"],
    ["no supervisor", JSON.stringify({ ...role, supervisor: undefined })],
    ["a short nonce", JSON.stringify({ ...role, nonce: "x" })],
    ["a pid that is text", JSON.stringify({ ...role, supervisor: { pid: "100", startTime: "5000" } })],
    ["an unknown way to end", JSON.stringify({ ...role, onExit: "linger" })],
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
    expect(take(JSON.stringify(server), 1, tableWith())).toEqual({ kind: "orphan", role: server });
  });

  test("is an ordinary host in the bash of one of its agents", () => {
    expect(take(JSON.stringify(server), 555, alive)).toEqual({ kind: "host" });
  });
});
