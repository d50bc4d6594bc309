import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import { MARKER_NAME } from "../../src/processes/end-tree.ts";
import { listeningPorts } from "../../src/processes/listening-ports.ts";
import { systemProcessTable, type ProcessInfo } from "../../src/processes/process-table.ts";
import { SHELL_MARKER, whoseAct, type ActEvidence, type ActOrigin } from "../../src/processes/whose-act.ts";

/** A process: its parent, its command, and what its environment holds. */
type Row = readonly [parent: number, command: string, environment?: Readonly<Record<string, string>>];

/** The judge sits in process 50. */
function judge(rows: Readonly<Record<number, Row>>, more: Partial<ActEvidence> = {}, origin?: ActOrigin) {
  const find = (pid: number): ProcessInfo | undefined => {
    const row = rows[pid];
    if (row === undefined) return undefined;
    return { pid, parentPid: row[0], command: row[1], startTime: "1", isZombie: false };
  };
  const values = (name: string) =>
    new Map(
      Object.entries(rows).flatMap(([pid, [, , environment]]) => {
        const value = environment?.[name];
        return value === undefined ? [] : [[Number(pid), value] as const];
      }),
    );
  const evidence: ActEvidence = {
    environment: rows[50]?.[2] ?? {},
    pid: 50,
    table: { find, values },
    ports: () => [],
    hasTerminal: () => true,
    ownPorts: () => [],
    isBrowser: () => false,
    ...more,
  };
  return whoseAct(evidence, origin ?? { kind: "command" });
}

const SHELL = { [SHELL_MARKER]: "ses_1" };
const AGENT = { [MARKER_NAME]: "bgr_1" };
const person = { by: "person" };

describe("a command", () => {
  test.each<[string, Record<number, Row>]>([
    ["in the user's shell", { 50: [40, "opencode"], 40: [1, "bash"] }],
    [
      "started by the npm package's own program",
      { 50: [45, "/x/opencode"], 45: [40, "node /x/opencode"], 40: [1, "zsh"] },
    ],
    ["in a folder of that name", { 50: [40, "opencode run"], 40: [1, "bash /home/me/opencode/run.sh"] }],
    ["beside an agent's processes", { 50: [40, "opencode"], 40: [1, "bash"], 60: [1, "sh", SHELL] }],
    ["of a process whose parents are not seen", { 50: [40, "opencode"] }],
  ])("%s is a person's", (_, rows) => expect(judge(rows)).toEqual(person as never));

  test.each<[string, Record<number, Row>, string]>([
    ["with a session's marker", { 50: [40, "opencode", SHELL], 40: [1, "tmux"] }, "a command of the session ses_1"],
    ["with an agent's marker", { 50: [40, "opencode", AGENT], 40: [1, "bash"] }, "the background agent bgr_1"],
    ["rid of the marker that its parent has", { 50: [40, "opencode"], 40: [1, "bash", SHELL] }, "the session ses_1"],
    [
      "rid of an agent's",
      { 50: [40, "opencode"], 40: [30, "sh"], 30: [1, "bash", AGENT] },
      "the background agent bgr_1",
    ],
    [
      "all of it rid of markers",
      { 50: [40, "/x/opencode run"], 40: [1, "/y/opencode.exe"] },
      "inside of another opencode",
    ],
    [
      "the same by way of wrappers",
      { 50: [45, "opencode run"], 45: [40, "env -i sh"], 40: [30, "bash -c x"], 30: [1, "/usr/bin/opencode serve"] },
      "inside of another opencode",
    ],
  ])("%s is an agent's", (_, rows, words) => {
    expect(judge(rows)).toEqual({ by: "agent", why: expect.stringContaining(words) });
  });

  test.each<[string, Record<number, Row>, string]>([
    ["left alone", { 50: [1, "opencode run"] }, "anybody"],
    ["below a shell that is", { 50: [40, "opencode run"], 40: [30, "sh -c x"], 30: [1, "/usr/bin/env sh"] }, "anybody"],
    ["of a timer", { 50: [40, "opencode run"], 40: [30, "sh -c x"], 30: [1, "/usr/sbin/cron -f"] }, "person"],
    ["of the user's program", { 50: [40, "opencode run"], 40: [1, "node build.js"] }, "person"],
  ])("without a terminal, %s", (_, rows, by) => {
    expect(judge(rows, { hasTerminal: () => false })).toMatchObject({ by });
    expect(judge(rows)).toMatchObject({ by: "person" });
  });

  test("is anybody's where this opencode listens, or nobody can tell; the plugin's own pages do not count", () => {
    const rows = { 50: [40, "opencode"], 40: [1, "bash"] } as const;
    expect(judge(rows, { ports: () => [4096] })).toMatchObject({ by: "anybody", why: expect.stringContaining("4096") });
    expect(judge(rows, { ports: () => undefined })).toMatchObject({ by: "anybody" });
    expect(judge(rows, { ports: () => [5000], ownPorts: () => [5000] })).toEqual(person as never);
    expect(judge(rows, { ports: () => [5000, 4096], ownPorts: () => [5000] })).toMatchObject({ by: "anybody" });
  });
});

function key(pid: number | undefined): ActOrigin {
  return { kind: "key", pid };
}

describe("who has the key", () => {
  test.each<[string, Record<number, Row>, number | undefined]>([
    ["a process that the system does not tell", { 50: [1, "opencode"] }, undefined],
    ["the user's browser", { 50: [1, "opencode"], 60: [55, "firefox"], 55: [1, "gnome-shell"] }, 60],
    ["the far end of a forwarded port", { 50: [1, "opencode"], 60: [1, "sshd: me"] }, 60],
    ["a browser that another opencode opened", { 50: [1, "opencode"], 60: [55, "firefox"], 55: [1, "opencode"] }, 60],
    ["this process itself", { 50: [1, "opencode"] }, 50],
  ])("%s is a person", (_, rows, pid) => expect(judge(rows, {}, key(pid))).toEqual(person as never));

  test("the browser that this opencode opened is a person, also where it is an agent's opencode", () => {
    const rows: Record<number, Row> = {
      50: [1, "opencode", AGENT],
      60: [55, "renderer", AGENT],
      55: [50, "firefox", AGENT],
    };
    expect(judge(rows, { isBrowser: (pid) => pid === 55 }, key(60))).toEqual(person as never);
  });

  test.each<[string, Record<number, Row>]>([
    ["a command of this opencode", { 50: [1, "opencode"], 60: [50, "bash -c curl", SHELL] }],
    ["one that is rid of the marker", { 50: [1, "opencode"], 60: [55, "curl"], 55: [50, "bash", SHELL] }],
    ["one that has nothing of it", { 50: [1, "opencode"], 60: [50, "curl"] }],
    ["a command of another opencode", { 50: [1, "opencode"], 60: [55, "curl", SHELL], 55: [1, "opencode"] }],
    ["one that has left its opencode", { 50: [1, "opencode"], 60: [55, "curl"], 55: [1, "bash", SHELL] }],
    ["a background agent's", { 50: [1, "opencode"], 60: [55, "curl"], 55: [1, "opencode run", AGENT] }],
  ])("%s is an agent", (_, rows) => expect(judge(rows, {}, key(60))).toMatchObject({ by: "agent" }));
});

test("the ports on which this process listens are known, and no others", async () => {
  const before = listeningPorts() ?? [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect((listeningPorts() ?? []).filter((each) => !before.includes(each))).toEqual([port]);
  server.close();
});

test("a real process that has been rid of the marker is known by its shell's", async () => {
  const inner = `env -u ${SHELL_MARKER} sh -c 'echo $$; read line'; true`;
  const child = Bun.spawn(["sh", "-c", inner], { env: { ...process.env, ...SHELL }, stdin: "pipe", stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  const table = systemProcessTable();
  const evidence = {
    environment: {},
    pid,
    table,
    ports: () => [],
    hasTerminal: () => false,
    ownPorts: () => [],
    isBrowser: () => false,
  };
  expect(table.values(SHELL_MARKER).has(pid)).toBe(false);
  expect(whoseAct(evidence, { kind: "command" })).toMatchObject({ by: "agent" });
  await child.stdin.end();
  await child.exited;
});
