import { expect, test } from "bun:test";
import { offersOf } from "../../src/host/offers.ts";

const rule = (permission: string, pattern: string, action: string) => ({ permission, pattern, action });
const all = rule("*", "*", "allow");
const WORDS = ["delegate", "read", "run", "make"];

/** The first words of what is offered. */
function offered(...permission: ReturnType<typeof rule>[]): string[] {
  return offersOf({ permission }).map((offer) => offer.split(" ")[0] ?? "");
}

test("an agent is offered what its tools can do", () => {
  expect(offered(all)).toEqual(WORDS);
  expect(offered(all, rule("task", "*", "deny"))).toEqual(["read", "run", "make"]);
  expect(offered(rule("*", "*", "deny"))).toEqual([]);
  expect(offered(rule("*", "*", "deny"), rule("read", "*", "allow"))).toEqual(["read"]);
});

test("a tool that is denied but for some of its uses is one that it has", () => {
  expect(offered(all, rule("bash", "*", "deny"), rule("bash", "ls *", "allow"))).toEqual(WORDS);
  expect(offered(all, rule("bash", "ls *", "allow"), rule("bash", "*", "deny"))).not.toContain("run");
  expect(offered(all, rule("bash", "rm *", "deny"))).toContain("run");
});

test("where the host says nothing of rules, every tool is there", () => {
  expect(offersOf({})).toHaveLength(WORDS.length);
});
