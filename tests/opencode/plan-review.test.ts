import { afterEach, expect, test } from "bun:test";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { createPlans } from "../../src/plans/file-plans.ts";
import { DecisionFiles } from "../../src/store/decision-files.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { startServer } from "../../scripts/scripted-host/opencode.ts";
import {
  command,
  commentOnPage,
  decideOnPage,
  editOnPage,
  newSession,
  planAction,
  shown,
  waitFor,
} from "./plan-rig.ts";
import { bash, collectSpawned, createRig, serve, serveRig, spawn, until, type Answer, type Rig } from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

const options = { planOpenBrowser: "never" };
const draw = { calls: [planAction("add_element", "x", { elementId: "el_a", type: "task", title: "First" })] };

/** The review of the plan x, as it is on disk. */
async function review(): Promise<Answer> {
  const text = await readFile(join(rig.sandbox.project, "plans/x/meta.json"), "utf8").catch(() => '{"review": {}}');
  return JSON.parse(text).review;
}

test("an agent draws, waits, and goes on with what the user decides; it cannot decide itself", async () => {
  const served = await serveRig({ options });
  rig = served;
  const session = await newSession(served);
  const approve = { calls: [planAction("set_status", "x", { status: "approved" })] };
  rig.plan("do it", draw, approve, { calls: [waitFor("x")] }, { text: "going on" });
  const asked = served.ask("do it", { sessionId: session });
  await until("the user is called", async () => (await shown(served, session)).length > 0);
  expect((await shown(served, session))[0]).toMatch(
    /The plan "x" waits for your review\. Open it in a browser:\nhttp:\/\/127\.0\.0\.1:\d+\/[\w-]+\/plan\/x\?secret=/,
  );
  await commentOnPage(served, session, "x", "Why so?", "el_a");
  const done = await asked;
  expect(done.answers("bizar_plan_action")).toEqual([
    expect.objectContaining({ ok: true, elementId: "el_a", created: true }),
    {
      ok: false,
      action: "set_status",
      planSlug: "x",
      error: expect.stringContaining("Only a person sets a plan to approved"),
    },
  ]);
  const [first] = done.answers("bizar_wait_for_feedback");
  expect(first).toMatchObject({ ok: true, status: "feedback_received", planStatus: "draft", edits: [] });
  expect(first.newComments).toEqual([expect.objectContaining({ elementId: "el_a", author: "user", text: "Why so?" })]);

  rig.plan("again", { calls: [waitFor("x")] }, { text: "approved" });
  const again = served.ask("again", { sessionId: session });
  await until("the user is called again", async () => (await shown(served, session)).length > 2);
  const decidedAt = performance.now();
  await decideOnPage(served, session, "x", "approved", "Well done");
  const second = (await again).answers("bizar_wait_for_feedback").at(-1);
  expect(second).toMatchObject({ ok: true, status: "approved", note: "Well done", newComments: [], edits: [] });
  // Told once: nothing is announced of what a tool has answered.
  expect(performance.now() - decidedAt).toBeLessThan(3000);
  expect(rig.model.requests.filter(({ prompt }) => prompt.includes("automatic message"))).toEqual([]);
}, 90_000);

test("a plan begins as the agent's Markdown, and get_canvas tells first what the user changed since", async () => {
  const served = await serveRig({ options });
  rig = served;
  const content = [
    "# New login\n\n## Goal\n\nNo passwords.\n\n## The table\n\n- [x] Read the old one\n- [ ] Add `tokens`\n",
    "```sql\ncreate table tokens ();\n```\n\n```mermaid\nflowchart LR\n  a --> b\n```\n",
  ].join("\n");
  const look = planAction("get_canvas", "x");
  rig.plan("plan it", { calls: [planAction("draw", "x", { content })] }, { calls: [look] }, { text: "drawn" });
  const asked = await served.ask("plan it");
  const { sessionId } = asked;
  const [, canvas] = asked.answers("bizar_plan_action");
  expect(canvas.elements.map(({ type, title, section, done }: Answer) => [type, title, section, done])).toEqual([
    ["text", "Goal", "Goal", undefined],
    ["task", "Read the old one", "The table", true],
    ["task", "Add `tokens`", "The table", undefined],
    ["code", "The table", "The table", undefined],
    ["diagram", "The table", "The table", undefined],
  ]);
  const { id } = canvas.elements[0];
  await editOnPage(served, sessionId, "x", { op: "update_element", id, changes: { content: "No passwords at all." } });
  rig.plan("go on", { calls: [look] }, { text: "seen" });
  const [, , again] = (await served.ask("go on", { sessionId })).answers("bizar_plan_action");
  expect(Object.keys(again)[3]).toBe("changedSinceYourLook");
  expect(again.changedSinceYourLook.edits).toEqual([
    expect.objectContaining({
      by: "user",
      id,
      old: { content: "No passwords." },
      new: { content: "No passwords at all." },
    }),
  ]);
}, 90_000);

test("what the user decides after the wait has ended wakes the session that asked, once", async () => {
  const served = await serveRig({ options });
  rig = served;
  rig.plan("do it", draw, { calls: [waitFor("x", { timeoutMs: 5000 })] }, { text: "nobody there" });
  const asked = await served.ask("do it");
  const { sessionId } = asked;
  expect(asked.answers("bizar_wait_for_feedback")[0]).toMatchObject({
    ok: true,
    status: "timed_out",
    planStatus: "draft",
  });
  await decideOnPage(served, sessionId, "x", "changes_requested", "Smaller steps");
  const told = () => rig.model.requests.filter(({ prompt }) => prompt.includes("automatic message"));
  await until("the session is told", () => told().length > 0);
  expect(told()[0]?.prompt).toContain('The plan "x", which you put up for review: the user asks for changes.');
  expect(told()[0]?.prompt).toContain('Note: "Smaller steps"');
  await command(served, sessionId, "plan", "list");
  expect(told()).toHaveLength(1);
}, 90_000);

test("what the user decides after the plugin was disposed of in the middle of a wait is told by the next one", async () => {
  const served = await serveRig({ options });
  rig = served;
  const session = await newSession(served);
  rig.plan("do it", draw, { calls: [waitFor("x")] }, { text: "going on" });
  const asked = served.ask("do it", { sessionId: session });
  await until("the user is called", async () => (await shown(served, session)).length > 0);
  await served.server.client.instance.dispose();
  await asked;
  await decideOnPage(served, session, "x", "approved");
  const notes = async () => {
    const { data = [] } = await served.server.client.session.messages({ path: { id: session } });
    return data.flatMap(({ parts }) => parts.filter((part) => part.type === "text" && part.synthetic === true));
  };
  await until("the session is told", async () => (await notes()).length > 0);
  expect(await notes()).toEqual([expect.objectContaining({ text: expect.stringContaining("has approved it") })]);
}, 90_000);

test("what the user decides while no opencode runs is a note in the session after the restart, once", async () => {
  rig = await createRig({ options });
  const first = await serve(rig);
  rig.plan("do it", draw, { calls: [waitFor("x", { timeoutMs: 5000 })] }, { text: "nobody there" });
  const { sessionId } = await first.ask("do it");
  await first.server.stop();
  const folder = join(rig.sandbox.project, "plans");
  // As on the page of an opencode that knows nothing of the session.
  const ledger = new DecisionFiles(rig.sandbox.stateDir, folder);
  await createPlans({ folder, clock: systemClock, ledger }).decide("x", "rejected");
  for (let start = 0; start < 2; start++) {
    const server = await startServer(rig.sandbox);
    const notes = async () => {
      const { data = [] } = await server.client.session.messages({ path: { id: sessionId } });
      return data.flatMap(({ parts }) =>
        parts.flatMap((part) => (part.type === "text" && part.synthetic === true ? [part.text] : [])),
      );
    };
    await until("the note is there", async () => (await notes()).length > 0);
    expect(await notes()).toEqual([expect.stringContaining("the user has rejected it.")]);
    await server.stop();
  }
  expect(rig.model.requests.filter(({ prompt }) => prompt.includes("automatic message"))).toEqual([]);
}, 90_000);

test("a background agent draws and waits; what comes after its end is told to its parent", async () => {
  const notifyCommand = 'echo "$BIZAR_EVENT $BIZAR_SUBJECT$BIZAR_AGENT $BIZAR_STATUS" >> "$HOME/notices"';
  const served = await serveRig({ options: { ...options, notifyCommand } });
  rig = served;
  rig.plan(
    "draw x",
    draw,
    { calls: [waitFor("x")] },
    { calls: [waitFor("x", { timeoutMs: 5000 })] },
    { text: "drawn" },
  );
  rig.plan("delegate", spawn({ agent: "thor", prompt: "draw x" }), collectSpawned(), { text: "collected" });
  const session = await newSession(served);
  await command(served, session, "plan", "new x");
  const asked = served.ask("delegate", { sessionId: session });
  await until("the agent waits", async () => (await review()).state === "open");
  const { askedBy } = await review();
  await commentOnPage(served, session, "x", "More detail");
  const [{ instanceId }] = (await asked).answers("bizar_spawn_background");
  expect(askedBy.instanceId).toBe(instanceId);
  const answers = rig.requestsFor("draw x").at(-1)?.toolResults ?? [];
  expect(answers[1]).toContain("More detail");
  expect(answers[2]).toContain("timed_out");
  const notices = async () => await readFile(join(rig.sandbox.home, "notices"), "utf8").catch(() => "");
  // The agent has asked twice.
  await until("the user's command has run", async () => (await notices()).includes("end"));
  expect(await notices()).toBe("review x \nreview x \nend thor done\n");
  await decideOnPage(served, session, "x", "approved");
  const told = () =>
    rig.model.requests.filter(({ prompt }) =>
      prompt.includes("automatic message of the Bizar plugin. It does not come from the user, but"),
    );
  await until("the parent is told", () => told().length > 0);
  expect(told()[0]?.prompt).toContain(
    `which the background agent thor (${instanceId}) put up for review: the user has approved it.`,
  );
  expect(told()[0]?.prompt).toContain(`bizar_send_message {"instanceId": "${instanceId}"}`);
}, 120_000);

test("with planGate enforce nothing is written while a review is open, reading is; the decision opens it", async () => {
  const served = await serveRig({ options: { ...options, planGate: "enforce" } });
  rig = served;
  const write = { tool: "write", args: { filePath: join(rig.sandbox.project, "a.txt"), content: "a" } };
  const step = { calls: [write, bash("ls"), bash("touch b.txt"), planAction("get_canvas", "x")] };
  rig.plan("do it", draw, { calls: [waitFor("x", { timeoutMs: 5000 })] }, step, { text: "waits" });
  const { sessionId } = await served.ask("do it");
  const [, , refused, ls, touch, canvas] = rig.requestsFor("do it").at(-1)?.toolResults ?? [];
  expect(refused).toContain('write was refused: the plan "x" is up for review');
  expect(ls).not.toContain("refused");
  expect(touch).toContain("bash was refused");
  expect(JSON.parse(canvas ?? "")).toMatchObject({ ok: true });
  expect(await Bun.file(join(rig.sandbox.project, "a.txt")).exists()).toBe(false);
  expect(refused).toContain("An approval in the chat does not count: the user approves on the plan's page");
  let begun: Answer;
  const begin = { calls: [planAction("set_status", "x", { status: "in-progress" })] };
  rig.otherwise(({ step, toolResults }) => {
    if (step === 1) begun = JSON.parse(toolResults[0] ?? "");
    return [begin, { calls: [write] }][step] ?? { text: "done" };
  });
  await decideOnPage(served, sessionId, "x", "approved");
  await until("the agent has written", async () => await Bun.file(join(rig.sandbox.project, "a.txt")).exists());
  // What the user decided stands, whatever the work has come to.
  expect(begun).toMatchObject({ ok: true, status: "in-progress", decision: "approved" });
}, 90_000);

test("with planGate enforce the session whose subagent asked for the review writes nothing either", async () => {
  const served = await serveRig({ options: { ...options, planGate: "enforce" } });
  rig = served;
  const write = { tool: "write", args: { filePath: join(rig.sandbox.project, "a.txt"), content: "a" } };
  const draws = { tool: "task", args: { description: "Draws", prompt: "draw x", subagent_type: "general" } };
  rig.plan("draw x", draw, { calls: [waitFor("x", { timeoutMs: 5000 })] }, { text: "nobody has decided" });
  rig.plan("do it", { calls: [draws] }, { calls: [write] }, { text: "waits" });
  await command(served, await newSession(served), "plan", "new x");
  await served.ask("do it");
  expect(rig.requestsFor("do it").at(-1)?.toolResults.at(-1)).toContain(
    'write was refused: the plan "x" is up for review',
  );
  expect(await Bun.file(join(rig.sandbox.project, "a.txt")).exists()).toBe(false);
}, 90_000);

test("with /visual-plan on the main agent is told to plan first; subagents and background agents are not", async () => {
  const served = await serveRig({ options });
  rig = served;
  const session = await newSession(served);
  await command(served, session, "visual-plan", "on");
  const child = { tool: "task", args: { description: "Looks", prompt: "look", subagent_type: "general" } };
  rig.plan(
    "hard task",
    spawn({ agent: "thor", prompt: "work" }),
    collectSpawned(),
    { calls: [child] },
    {
      text: "done",
    },
  );
  await served.ask("hard task", { sessionId: session });
  const isTold = (prompt: string) =>
    rig.requestsFor(prompt).map(({ system }) => system.includes("Visual plans are on"));
  expect(isTold("hard task")).toEqual([true, true, true, true]);
  expect(isTold("look")).toEqual([false]);
  expect(isTold("work")).toEqual([false]);
  await command(served, session, "visual-plan", "off");
  await served.ask("another", { sessionId: session });
  expect(isTold("another")).toEqual([false]);
}, 90_000);

test("an agent's tools refuse a plan folder that is a link", async () => {
  const served = await serveRig({ options });
  rig = served;
  const elsewhere = join(rig.sandbox.root, "elsewhere");
  await mkdir(elsewhere);
  await symlink(elsewhere, join(rig.sandbox.project, "plans"));
  rig.plan("do it", draw, { calls: [waitFor("x")] }, { text: "refused" });
  const asked = await served.ask("do it");
  for (const answer of [...asked.answers("bizar_plan_action"), ...asked.answers("bizar_wait_for_feedback")]) {
    expect(answer).toMatchObject({ ok: false, planSlug: "x", error: expect.stringContaining("link") });
  }
  expect(asked.answers("bizar_plan_action")).toHaveLength(1);
}, 60_000);
