import { afterAll, beforeAll, expect, test } from "bun:test";
import { BreakableLine } from "../breakable-line.ts";
import { bash, recordOf, spawn, until, type Answer } from "../rig.ts";
import { startPool, type PoolRig } from "./pool-rig.ts";

const LIMIT_MS = 300_000;
/** A cut that ends before anybody notices it is another one: of a mute line it is known after 25 s. */
const CUT_MS = 60_000;

const lines = { refused: new BreakableLine(), mute: new BreakableLine() };
const places = ["refused", "mute"] as const;

let rig: PoolRig;
beforeAll(async () => {
  rig = await startPool(async (_, { port, clone: directory }) => ({
    servers: await Promise.all(
      places.map(async (name) => {
        const url = `http://127.0.0.1:${await lines[name].open(port)}`;
        return { name, url, directory, passwordEnv: "POOL_PASSWORD" };
      }),
    ),
  }));
}, LIMIT_MS);
afterAll(async () => {
  await rig.dispose();
  for (const name of places) lines[name].close();
});

async function ask(prompt: string, ...calls: Parameters<PoolRig["plan"]>[1][]): Promise<Answer> {
  rig.plan(prompt, ...calls);
  return await rig.ask(prompt);
}

/** How often whoever sent them out has been told what an agent said. Words that come together are one request's. */
function toldTimes(prompt: string): number {
  const words = `> I am ${prompt}.`;
  const times = rig.model.requests.map(
    ({ messages }) => messages.filter(({ role, text }) => role === "user" && text.includes(words)).length,
  );
  return Math.max(...times);
}

test(
  "a minute without a line, cut or mute, loses nothing that was said there, and tells nothing twice",
  async () => {
    const isCut = Promise.withResolvers<void>();
    const prompts = places.map((name) => `across a ${name} line`);
    for (const prompt of prompts) {
      const tell = { tool: "bizar_tell_parent", args: { text: `I am ${prompt}.`, wake: true } };
      rig.plan(
        prompt,
        { text: "Before.", calls: [bash("echo one >> cut.txt")] },
        { after: isCut.promise, calls: [tell] },
        { text: "After." },
      );
    }
    const agents = places.map((on, index) => ({ agent: "worker", on, prompt: prompts[index] }));
    const spawned: Answer[] = (await ask("Send both.", spawn(...agents))).answers("bizar_spawn_background");
    const steps = () => prompts.map((prompt) => rig.requestsFor(prompt).length);
    await until("both are at work", () => steps().join() === "2,2");
    lines.refused.cut();
    lines.mute.mute();
    const cutAt = performance.now();
    isCut.resolve();
    await until("both have come to their ends there", () => steps().join() === "3,3");
    await until("the line has been away so long", () => performance.now() - cutAt > CUT_MS, 2 * CUT_MS);
    for (const agent of spawned) {
      const { on, status, activity } = await recordOf(rig, agent);
      expect({ on, status, activity }).toEqual({
        ...{ on, status: "running" },
        activity: expect.stringMatching(/^reconnecting until \d/),
      });
    }
    for (const name of places) lines[name].mend();
    const instanceIds = spawned.map(({ instanceId }) => instanceId);
    const collect = { calls: [{ tool: "bizar_collect", args: { instanceIds, scope: "turn" } }] };
    const [collected] = (await ask("Collect both.", collect)).answers("bizar_collect");
    const ended = { status: "done", result: "Before.\n\nAfter.", changes: expect.objectContaining({ files: 1 }) };
    expect(collected).toMatchObject([ended, ended]);
    expect(steps()).toEqual([3, 3]);
    for (const prompt of prompts) {
      await until("it is told", () => toldTimes(prompt) > 0);
      expect(toldTimes(prompt)).toBe(1);
    }
  },
  LIMIT_MS,
);
