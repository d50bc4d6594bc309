import { describe, expect, test } from "bun:test";
import { orphanedTree } from "../../src/processes/orphaned-tree.ts";
import { FakeTable, row } from "./fake-table.ts";

const marker = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const server = { pid: 200, startTime: "100" };

function rootOf(isWarm: boolean, parentPid: number, serverEndsItself = false) {
  const agent = { instanceId: marker, process: server, isWarm, ownerPid: 100, serverEndsItself };
  return orphanedTree(agent, new FakeTable([row({ ...server, parentPid })]));
}

describe("of an agent that nobody looks after", () => {
  test("its own process is ended, whoever has it now", () => {
    for (const parentPid of [1, 100]) expect(rootOf(false, parentPid)).toEqual({ marker, root: server });
  });

  test("the server of warm agents stays while its opencode lives: others use it", () => {
    expect(rootOf(true, 100)).toEqual({ marker, root: undefined });
  });

  test("the server of warm agents goes when its opencode is gone", () => {
    expect(rootOf(true, 1)).toEqual({ marker, root: server });
  });

  test("the server of warm agents stays without its opencode where others finish on it", () => {
    expect(rootOf(true, 1, true)).toEqual({ marker, root: undefined });
    expect(rootOf(false, 1, true)).toEqual({ marker, root: server });
  });
});
