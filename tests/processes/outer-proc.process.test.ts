import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { mayUnshare } from "./may-unshare.ts";
import { foreignProcWarning, translatedProcesses } from "../../src/processes/outer-proc.ts";

const FIXTURE = join(import.meta.dir, "../fixtures/ends-a-tree.ts");

/** A `/proc` of outside: each process's numbers, its parent's number there, and its namespace. */
type Outside = Record<number, { readonly numbers: string; readonly parent: number; readonly namespace?: string }>;

function proc(self: number, processes: Outside) {
  const name = (path: string) => Number(path.split("/")[2]?.replace("self", String(self)));
  return {
    pids: () => Object.keys(processes).map(Number),
    read(path: string) {
      const found = processes[name(path)];
      return found && `Name:\tx\nState:\tS (sleeping)\nPPid:\t${found.parent}\nNSpid:\t${found.numbers}\nThreads:\t1\n`;
    },
    link: (path: string) => processes[name(path)]?.namespace,
  };
}

describe("in a pid namespace with the /proc of outside", () => {
  const outside: Outside = {
    1: { numbers: "1", parent: 0, namespace: "pid:[1]" },
    500: { numbers: "500\t1", parent: 1, namespace: "pid:[2]" },
    501: { numbers: "501\t2", parent: 500, namespace: "pid:[2]" },
    // Of another user: its link cannot be read, and its parent tells.
    502: { numbers: "502\t3", parent: 501 },
    // A namespace within.
    503: { numbers: "503\t4\t1", parent: 501, namespace: "pid:[3]" },
    // A sandbox next door, as deep.
    600: { numbers: "600\t1", parent: 1, namespace: "pid:[9]" },
    601: { numbers: "601\t2", parent: 600, namespace: "pid:[9]" },
  };

  test("only what is of this namespace or within is there, under its number of here", () => {
    const found = translatedProcesses(proc(501, outside));
    expect(found.map(({ pid, outerPid, parentPid }) => [pid, outerPid, parentPid])).toEqual([
      [1, 500, 0],
      [2, 501, 1],
      [3, 502, 2],
      [4, 503, 2],
    ]);
  });

  test("where its own namespace cannot be read nothing is", () => {
    const own = { ...outside, 501: { numbers: "501\t2", parent: 500 } };
    expect(translatedProcesses(proc(501, own))).toEqual([]);
  });
});

test("what cannot be promised is said where the numbers differ, and only there", () => {
  expect(foreignProcWarning("same")).toBeUndefined();
  expect(foreignProcWarning("outer")).toContain("cannot promise");
  expect(foreignProcWarning("foreign")).toContain("signals nothing");
});

const ended = ["sh -c env -i sleep 4801 & BIZAR_INSTANCE=bgr_NAMESPACE setsid sleep 4802 & echo ready; wait"];
const whole = { isAlive: true, knowsItself: true, ended: [...ended, "sleep 4801", "sleep 4802"], survivors: [] };

async function endsATree(...wrapper: string[]): Promise<Record<string, unknown>> {
  const run = Bun.spawn([...wrapper, FIXTURE], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  return JSON.parse(await run.stdout.text()) as Record<string, unknown>;
}

test("a tree is seen and ended where the numbers are the same", async () => {
  expect(await endsATree()).toMatchObject({ ...whole, numbers: "same", unseen: null });
});

test.skipIf(!mayUnshare)(
  "so it is in a pid namespace with the /proc of outside, and nobody outside is seen",
  async () => {
    const seen = await endsATree("unshare", "--pid", "--fork");
    expect(seen).toMatchObject({ ...whole, numbers: "outer", unseen: null });
    // Itself, and perhaps what has not been collected yet.
    expect(seen["pids"]).toContain(1);
    expect((seen["pids"] as number[]).length).toBeLessThan(6);
  },
);
