import { expect, test } from "bun:test";
import { World } from "../chaos/world.ts";
import { sampleRequest } from "../supervisor/sample-instance.ts";

const HOUR_MS = 3_600_000;
const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);
const PROMPTS = Array.from({ length: 12 }, (_, index) => `message ${index}`);

test.each(SEEDS)("messages that come to an ended agent at once are a turn each (seed %i)", async (seed) => {
  const world = new World(seed);
  world.sessions.failure = 0;
  const { agents, sendMessage } = world.startHost();
  const { supervisor } = agents;
  let instanceId: string;
  do {
    const spawned = supervisor.spawn(sampleRequest({ announce: "off" }));
    await world.advance(HOUR_MS);
    instanceId = await spawned;
    // What follows on an agent that never had a session is dropped with it.
  } while (world.records.of(instanceId)?.sessionId === null);
  const sent: Promise<unknown>[] = [];
  for (const prompt of PROMPTS) {
    sent.push(sendMessage(instanceId, prompt));
    // The agent goes on, and comes to ends, while they come in.
    await world.advance(world.random.between(0, 2000), 0.5);
  }
  await world.advance(HOUR_MS);
  const outcomes = await Promise.all(sent);
  const turns = world.records.of(instanceId)?.turns.filter(({ kind }) => kind === "follow_up") ?? [];
  expect(new Set(outcomes)).toEqual(new Set(["accepted"]));
  expect(turns.map(({ prompt }) => prompt).toSorted()).toEqual(PROMPTS.toSorted());
  expect(world.violations).toEqual([]);
});
