import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bash, serveRig, until, type ServedRig } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig();
}, 60_000);
afterAll(async () => await rig.dispose());

const NUDGE = "[loop guard: 3 identical calls to bash]";
const STRONG = "[loop guard: 4 identical calls to bash]";

test("eight identical calls: the third is nudged, the fifth blocked, and the session goes on with another approach", async () => {
  const same = { calls: [bash("echo the same")] };
  let refusals = 0;
  rig.plan(
    "go round",
    same,
    same,
    same,
    // The request that carries the nudge is refused once, and asked again.
    () => (refusals++ === 0 ? { status: 429, headers: { "retry-after": "1" }, text: "slow down" } : same),
    same,
    same,
    same,
    same,
    { calls: [bash("echo another approach")] },
    (request) => ({ text: request.toolResults.at(-1) ?? "" }),
  );
  const asked = await rig.ask("go round", { agent: "build" });
  expect(asked.text.trim()).toBe("another approach");
  const requests = rig.requestsFor("go round");
  const nudged = requests.filter(({ system }) => system.includes(NUDGE));
  // The refused request and the one that asked again, and no other.
  expect(nudged.map(({ step }) => step)).toEqual([3, 3]);
  expect(requests.filter(({ system }) => system.includes(STRONG)).map(({ step }) => step)).toEqual([4]);
  const results = requests.at(-1)?.toolResults ?? [];
  expect(results.slice(0, 4).map((result) => result.trim())).toEqual(Array(4).fill("the same"));
  for (const [index, result] of results.slice(4, 8).entries()) {
    expect(result).toContain(`Loop protection: ${index + 5} identical calls to bash`);
  }
  expect(results[8]?.trim()).toBe("another approach");

  const again = { calls: [bash("echo the same")] };
  rig.plan("once more, please", again, again, { text: "fine" });
  const afresh = await rig.ask("once more, please", { agent: "build", sessionId: asked.sessionId });
  expect(afresh.text).toBe("fine");
  expect(
    rig
      .requestsFor("once more, please")
      .at(-1)
      ?.toolResults.map((result) => result.trim()),
  ).toEqual(["the same", "the same"]);
}, 60_000);

test("the tool log of a session has a line for each call, and nothing of what was in it", async () => {
  rig.plan(
    "leave a trace",
    { calls: [bash("echo SECRET-WORD; sleep 0.3")] },
    { calls: [bash("exit 3")] },
    { text: "left" },
  );
  const { sessionId } = await rig.ask("leave a trace", { agent: "build" });
  const path = join(rig.sandbox.stateDir, "logs", `${sessionId}.log`);
  await until("both calls are in the log", async () => {
    const log = await readFile(path, "utf8").catch(() => "");
    return log.split("\n").length === 3;
  });
  const log = await readFile(path, "utf8");
  const line = `\\d{4}-\\d\\d-\\d\\dT\\S+Z session=${sessionId} agent=build tool=bash fingerprint=[0-9a-f]{12} outcome=ok duration=(\\d+)\n`;
  const [, duration] = new RegExp(`^${line}`).exec(log) ?? [];
  expect(Number(duration)).toBeGreaterThanOrEqual(300);
  expect(Number(duration)).toBeLessThan(3000);
  expect(log).not.toContain("SECRET");
}, 60_000);
