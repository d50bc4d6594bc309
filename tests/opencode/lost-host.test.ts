import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startServer, type Server } from "../../scripts/scripted-host/opencode.ts";
import { treeMembers } from "../../src/processes/end-tree.ts";
import type { InstanceRecord } from "../../src/store/record.ts";
import { ASKER, insisting } from "./contract/asking-agents.ts";
import { BACKENDS, SMALL_MODEL, setModels } from "./contract/on-both-backends.ts";
import {
  askServer,
  bash,
  byText,
  collectSpawned,
  createRig,
  forgetSession,
  operator,
  spawn,
  until,
  type Answer,
  type Rig,
} from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

test("opencode is killed with three agents: one is read back, one is ended, one never ran; each is told once", async () => {
  // The agents' own watch is slow here: it is the next start that finds them.
  const plugin = join(import.meta.dir, "../fixtures/plugins/slow-watch.ts");
  rig = await createRig({ plugin, options: { maxConcurrentInstances: 2 } });
  const killed = Promise.withResolvers<void>();
  const note = { tool: "write", args: { filePath: join(rig.sandbox.project, "alone.txt"), content: "x" } };
  rig.plan("ends alone", { after: killed.promise, calls: [note] }, { text: "ended without anybody" });
  rig.plan("hangs", { calls: [bash("echo started; sleep 84")] });
  rig.plan(
    "spawn three",
    // One after the other: two run, and the third waits.
    ...["ends alone", "hangs", "never runs"].map((prompt) => spawn({ agent: "thor", prompt })),
    { text: "under way" },
  );
  const first = await startServer(rig.sandbox);
  const asked = await askServer(first, rig.sandbox.project, "spawn three");
  const ids: string[] = asked.answers("bizar_spawn_background").map(({ instanceId }) => instanceId);
  const [alone = "", hanging = "", queued = ""] = ids;
  await until("one asks its model", () => rig.requestsFor("ends alone").length > 0);
  await until("one hangs in its tool", () => living(hanging).includes("sleep 84"));
  await first.stop("SIGKILL");
  killed.resolve();
  await until("one has ended by itself", () => living(alone).length === 0);
  expect(living(hanging)).toContain("sleep 84");
  // Nobody has written down where: opencode itself knows whose session is whose.
  await forgetSession(rig, { instanceId: alone });

  const otherLogs = join(rig.sandbox.root, "other-logs");
  const second = await startServer(rig.sandbox, { BIZAR_LOG_DIR: otherLogs });
  rig.plan("what became of them", { calls: [{ tool: "bizar_status", args: { all: true } }] }, collect(alone));
  const status = await askServer(second, rig.sandbox.project, "what became of them");
  expect(status.answers("bizar_status")).toEqual([
    [
      expect.objectContaining({ instanceId: alone, status: "done" }),
      expect.objectContaining({ instanceId: hanging, status: "failed", reason: "supervisor_lost" }),
      expect.objectContaining({ instanceId: queued, status: "failed", reason: "supervisor_lost" }),
    ],
  ]);
  expect(status.answers("bizar_collect")).toEqual([
    expect.objectContaining({ result: "ended without anybody", changedFiles: ["alone.txt"] }),
  ]);
  expect(living(hanging)).toEqual([]);
  await until("the parent session has a note of each", async () => (await notes(second, asked.sessionId)).length === 3);
  expect((await notes(second, asked.sessionId)).toSorted(byText)).toEqual(ids.toSorted(byText));

  rig.plan("go on, then", { text: "went on" });
  rig.plan(
    "continue the interrupted one",
    { calls: [{ tool: "bizar_send_message", args: { instanceId: hanging, prompt: "go on, then" } }] },
    collect(hanging),
  );
  const continued = await askServer(second, rig.sandbox.project, "continue the interrupted one");
  expect(continued.answers("bizar_collect")).toEqual([expect.objectContaining({ status: "done", result: "went on" })]);
  // Whoever follows the log of an agent sees what becomes of it, whichever opencode goes on with it.
  const log = join(rig.sandbox.stateDir, "logs", `${hanging}.log`);
  expect(await readFile(log, "utf8")).toMatch(/start bash  echo started; sleep 84[^]*\[stdout\][^\n]*went on/);
  expect(existsSync(join(otherLogs, `${hanging}.log`))).toBe(false);
  const messages = rig.requestsFor("go on, then")[0]?.messages.map(({ text }) => text) ?? [];
  expect(messages).toContain("hangs");
  expect(messages.at(-1)).toBe("go on, then");
  await second.stop();
}, 180_000);

test("after a compaction neither a server nor a host that dies makes a summary, or an old answer, the result", async () => {
  rig = await createRig({ options: { autoContinue: 0 }, config: { agent: { asker: ASKER } } });
  await setModels(rig.sandbox.home);
  const look = { text: "I look first.", calls: [bash("ls")], usage: { input: 9400, output: 100 } };
  for (const prompt of ["fill it", "fill it, and hang"]) rig.plan(prompt, look);
  let [isHeld, isAsked] = [false, false];
  rig.otherwise(({ prompt }) => {
    if (!prompt.startsWith("Continue if you have")) return { text: "done" };
    isAsked = isHeld;
    return isHeld ? { after: new Promise(() => undefined), text: "never" } : { text: "FINAL" };
  });
  const first = await startServer(rig.sandbox);
  const small = { agent: "thor", model: SMALL_MODEL };
  rig.plan("ask one", spawn({ ...small, prompt: "fill it" }), collectSpawned());
  const [[one]] = (await askServer(first, rig.sandbox.project, "ask one")).answers("bizar_collect");
  expect(one).toMatchObject({ status: "done", result: "FINAL" });

  isHeld = true;
  rig.plan("ask another", spawn({ ...small, prompt: "fill it, and hang", backend: "warm" }));
  const [other] = (await askServer(first, rig.sandbox.project, "ask another")).answers("bizar_spawn_background");
  await until("it is asked to go on", () => isAsked);
  process.kill((await record(other.instanceId)).process?.pid ?? 0, "SIGKILL");
  rig.plan("collect it", collect(other.instanceId));
  const [lost] = (await askServer(first, rig.sandbox.project, "collect it")).answers("bizar_collect");
  expect(lost).toMatchObject({ status: "failed", reason: "session_error", result: "I look first." });

  // Two more ask the user something.
  for (const { prompt, backend } of BACKENDS.map(askerOn))
    rig.plan(prompt, ...insisting(bash(`touch asked-${backend}`)));
  rig.plan("ask two more", spawn(...BACKENDS.map(askerOn)));
  const asking = (await askServer(first, rig.sandbox.project, "ask two more")).answers("bizar_spawn_background");
  const openOf = async ({ instanceId: id }: Answer) =>
    (await record(id)).questions.filter(({ state }) => state === "open");
  for (const each of asking) await until("it asks", async () => (await openOf(each)).length === 1);

  const { instanceId } = one;
  rig.plan("go on", { calls: [{ tool: "bizar_send_message", args: { instanceId, prompt: "and now?" } }] });
  await askServer(first, rig.sandbox.project, "go on");
  await until("its second turn has a process", async () => {
    const { turns, process } = await record(instanceId);
    return turns.length === 2 && process !== null;
  });
  await first.stop("SIGKILL");
  // Long before its prompt can reach the session.
  process.kill(-((await record(instanceId)).process?.pid ?? 0), "SIGKILL");
  expect(rig.requestsFor("and now?")).toEqual([]);
  const second = await startServer(rig.sandbox);
  rig.plan("what became of it", collect(instanceId));
  const [told] = (await askServer(second, rig.sandbox.project, "what became of it")).answers("bizar_collect");
  expect(told).toMatchObject({ status: "failed", reason: "supervisor_lost", result: "" });
  // Nobody was there to answer: what was asked was not allowed, and is asked again in a further turn.
  for (const each of asking) {
    const { instanceId: id, backend } = await record(each.instanceId);
    await until("it is settled", async () => (await record(id)).endedAt !== null);
    expect(await record(id)).toMatchObject({
      ...{ status: "failed", reason: "supervisor_lost" },
      questions: [{ what: `bash: touch asked-${backend}`, state: "ended", answeredBy: "nobody" }],
    });
    rig.plan(`again on ${backend}`, ...insisting(bash(`touch asked-${backend}`)));
    rig.plan(`have it ask, ${backend}`, {
      calls: [{ tool: "bizar_send_message", args: { instanceId: id, prompt: `again on ${backend}` } }],
    });
    await askServer(second, rig.sandbox.project, `have it ask, ${backend}`);
    await until("it asks again", async () => (await openOf(each)).length === 1);
    expect((await operator(rig, "allow", id)).exitCode).toBe(0);
    rig.plan(`collect it, ${backend}`, collect(id));
    const [allowed] = (await askServer(second, rig.sandbox.project, `collect it, ${backend}`)).answers("bizar_collect");
    expect(allowed).toMatchObject({ status: "done" });
    expect(existsSync(join(rig.sandbox.project, `asked-${backend}`))).toBe(true);
  }
  await second.stop();
}, 300_000);

/** An agent that asks the user something. */
function askerOn(backend: string) {
  return { agent: "asker", prompt: `ask on ${backend}`, backend };
}

async function record(instanceId: string): Promise<InstanceRecord> {
  return await Bun.file(join(rig.sandbox.stateDir, "bg", `${instanceId}.json`)).json();
}

function living(instanceId: string): string[] {
  return treeMembers({ marker: instanceId }).map(({ command }) => command);
}

function collect(instanceId: string) {
  return { calls: [{ tool: "bizar_collect", args: { instanceId } }] };
}

/** The instances that the notes in a session tell of. */
async function notes({ client }: Server, sessionId: string): Promise<string[]> {
  const { data: messages = [] } = await client.session.messages({ path: { id: sessionId } });
  const ends = messages.flatMap(({ parts }) => parts.flatMap((part: Answer) => part.metadata?.bizar ?? []));
  return ends.map(({ instanceId }: Answer) => instanceId);
}
