import { afterAll, beforeAll, expect, test } from "bun:test";
import { collectSpawned, recordOf, serveRig, spawn, type Answer, type ServedRig } from "../rig.ts";
import { PLAIN_LAUNCHER } from "./launcher-rig.ts";

const LIMIT_MS = 120_000;

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig({
    options: {
      launchers: {
        plain: { command: PLAIN_LAUNCHER, slots: 2 },
        text: { command: ["sh", "-c"] },
        missing: { command: ["bizar-no-such-launcher"] },
        refusing: { command: ["sh", "-c", "echo no room at the inn >&2; exit 3", "refusing"] },
        losing: { command: ["sh", "-c", '"$@" & c=$!; sleep 30 & wait $c', "losing"] },
      },
    },
  });
}, LIMIT_MS);
afterAll(async () => await rig.dispose());

let asked = 0;
async function delegate(...agents: Record<string, unknown>[]): Promise<{ spawned: Answer[]; collected: Answer[] }> {
  const prompt = `Question ${++asked}.`;
  rig.plan(prompt, spawn(...agents.map((agent) => ({ agent: "thor", ...agent }))), collectSpawned());
  const answer = await rig.ask(prompt);
  return { spawned: answer.answers("bizar_spawn_background"), collected: answer.answers("bizar_collect").flat() };
}

test(
  "a launcher takes the prompt byte for byte, and the record says where it ran",
  async () => {
    const prompt = "  'single' \"double\" $(id) `id` \\n ünïcödé\n\nlast line  ";
    rig.plan(prompt, { text: "I have read it." });
    for (const on of ["plain", "text"]) {
      const { spawned, collected } = await delegate({ prompt, on });
      expect(spawned[0]).toMatchObject({ on });
      expect(collected[0]).toMatchObject({ status: "done", result: "I have read it." });
      const record = await recordOf(rig, spawned[0]);
      expect(record).toMatchObject({ on, place: { host: expect.any(String), job: null }, voice: true });
    }
    expect(rig.requestsFor(prompt)).toHaveLength(2);
  },
  LIMIT_MS,
);
