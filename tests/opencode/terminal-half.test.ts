import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ASKER, insisting } from "./contract/asking-agents.ts";
import { planAction, waitFor } from "./plan-rig.ts";
import { isRunning, pidOf, recordOfTitle } from "./agent-of-title.ts";
import { bash, createRig, spawn, until, type Rig } from "./rig.ts";
import { startTerminalUi, type TerminalUi } from "./terminal.ts";

// One opencode for all: the tests go on where the one before has left the screen.

let rig: Rig;
let ui: TerminalUi;

/** A task as models write them: paragraphs, more than 2 000 characters. */
const TASK = `the task\n\n${"Look at each file that reads a setting, and say where it does. ".repeat(35).trim()}`;
const HELD = "until [ -e go ]; do sleep 0.3; done";

beforeAll(async () => {
  rig = await createRig({ terminalHalf: true, config: { agent: { asker: ASKER } } });
  rig.plan(TASK, { calls: [bash(HELD)] }, { text: "a result" });
  rig.plan(
    "collect",
    { calls: [{ tool: "bizar_collect", args: { instanceId: "a small task" } }] },
    { text: "Collected." },
  );
  rig.plan("delegate", spawn({ agent: "thor", prompt: TASK, title: "a small task" }), {
    text: "It is under way.",
  });
  ui = await startTerminalUi(rig.sandbox, [], { columns: 120, rows: 40 });
}, 120_000);
afterAll(async () => {
  ui.kill("SIGTERM");
  await ui.exited;
  await rig.dispose();
});

const line = (): string => ui.screen().split("\n").at(-1)?.trim() ?? "";
const shows = async (text: string | RegExp): Promise<void> =>
  await until(`the screen shows ${text}`, () =>
    typeof text === "string" ? ui.screen().includes(text) : text.test(ui.screen()),
  );

const wakes = (): number =>
  rig.model.requests.filter(({ prompt }) => prompt.startsWith("This is an automatic message")).length;
/** Odin has been woken so often for ends, and his turn is over: what is typed into it would be read in the middle of it. */
const woken = async (times: number): Promise<void> => {
  await until(`Odin was woken ${times} times`, () => wakes() >= times);
  await until("his turn is over", () => !/esc (?:again to )?interrupt/.test(ui.screen()));
};

test("the home screen says how to come to Odin, and no line is there while no agent lives", async () => {
  await shows("Tab chooses Odin, who sends agents out · F6 shows them at work");
  expect(line()).toBe("");
  ui.keep("home-120x40");
});

test("the first Tab is Odin", async () => {
  ui.type("\t");
  await shows(/Odin · Model A/);
});

test("a command at the home screen is answered there, and Odin stays chosen", async () => {
  ui.submit("/plan list");
  await shows("There are no plans");
  ui.keep("answer-120x40");
  ui.type("\u001b");
  // A letter right behind an escape is another key.
  await until("the dialog is gone", () => !ui.screen().includes("There are no plans"));
  expect(ui.screen()).toMatch(/Ask anything[\s\S]*Odin · Model A/);
  expect(rig.model.requests).toEqual([]);
}, 120_000);

test("a command while the model writes is answered at once, and the model is asked once", async () => {
  const gate = Promise.withResolvers<void>();
  rig.plan("talk", async () => {
    await gate.promise;
    return { text: "said in the end" };
  });
  ui.submit("talk");
  await until("the model is asked", () => rig.requestsFor("talk").length === 1);
  ui.submit("/bizar help");
  await shows("Background agents");
  ui.keep("long-answer-120x40");
  ui.type("\u001b");
  await until("the dialog is gone", () => !ui.screen().includes("Background agents"));
  gate.resolve();
  await shows("said in the end");
  await until("the turn is over", () => /Odin · Model A · /.test(ui.screen()));
  expect(rig.requestsFor("talk")).toHaveLength(1);
}, 120_000);

test("while an agent lives a line says what it does, be the terminal wide or narrow", async () => {
  ui.submit("delegate");
  await until("the line tells of the call", () => /1 agent · thor: bash until \[ -e go/.test(line()));
  expect(line()).toMatch(/· \$0\.00 · F6$/);
  ui.keep("line-120x40");
  ui.resize(80, 24);
  await until("the line fits", () => /^.{1,80}$/.test(line()) && /1 agent · thor: bash .* · F6$/.test(line()));
  ui.keep("line-80x24");
}, 120_000);

test("one key and Enter show what an agent does, live", async () => {
  ui.pressF6();
  await shows(/At work \(1\)[\s\S]*a small task/);
  ui.keep("agents-80x24");
  ui.type("\r");
  await shows(/Log {2}Transcript[\s\S]*start bash {2}until \[ -e go/);
  ui.keep("log-80x24");
  ui.type("\t");
  await shows(/◐ bash: until \[ -e go/);
  ui.keep("transcript-80x24");
  ui.resize(120, 40);
  await shows("Esc back");
  ui.keep("transcript-120x40");
}, 120_000);

test("a message that is written there is the agent's at its next step", async () => {
  ui.type("m");
  await shows("To thor: a small task");
  ui.keep("message-120x40");
  ui.type("look at the lexer too");
  await shows("look at the lexer too");
  ui.type("\r");
  await shows("thor has your message");
  ui.type("\u001b");
  await shows("At work (1)");
  ui.keep("agents-120x40");
  ui.type("\u001b");
  await shows("It is under way.");
}, 120_000);

test("when it has ended a toast tells, and the line is gone", async () => {
  await writeFile(join(rig.sandbox.project, "go"), "");
  await shows(/thor: done[\s\S]*a small task/);
  await until("the line is gone", () => !line().includes("agent"));
  const [, second] = rig.requestsFor(TASK);
  expect(JSON.stringify(second?.messages)).toContain("look at the lexer too");
  await woken(1);
}, 120_000);

test("the line of a call says which agent it is about, and no prompt is printed", async () => {
  // The toast lies over the end of the line for some seconds.
  await shows("bizar_spawn_background [agent=thor, title=a small task]");
  expect(ui.screen()).not.toContain("Look at each file");
  expect(rig.requestsFor(TASK).length).toBeGreaterThan(0);
  ui.submit("collect");
  await shows("Collected.");
  await shows("bizar_collect [for=thor: a small task]");
}, 60_000);

test("who stops Odin is told that its agents go on, and their ends wake nobody then", async () => {
  const gate = Promise.withResolvers<void>();
  rig.plan("more", { calls: [bash("until [ -e more ]; do sleep 0.3; done")] }, { text: "more of it" });
  rig.plan("go out", spawn({ agent: "thor", prompt: "more", title: "the other part" }), async () => {
    await gate.promise;
    return { text: "never said" };
  });
  ui.submit("go out");
  await until("it works, and Odin writes", () => /thor: bash until \[ -e more/.test(line()));
  await until("Odin is asked", () => rig.requestsFor("go out").length === 2);
  ui.type("\u001b");
  await shows("again to interrupt");
  ui.type("\u001b");
  await shows("An agent goes on");
  ui.keep("interrupted-120x40");
  const requests = rig.model.requests.filter(({ prompt }) => prompt !== "more").length;
  await writeFile(join(rig.sandbox.project, "more"), "");
  await until(
    "its end is noted",
    async () => (await recordOfTitle(rig.sandbox, "the other part"))?.announcement?.state === "announced",
  );
  expect(rig.model.requests.filter(({ prompt }) => prompt !== "more")).toHaveLength(requests);
  gate.resolve();
}, 120_000);

test("quitting asks while an agent works: one can stay, or let it finish", async () => {
  const { project } = rig.sandbox;
  rig.plan("the rest", { calls: [bash("until [ -e on ]; do sleep 0.3; done")] }, { text: "finished alone" });
  rig.plan("send", spawn({ agent: "thor", prompt: "the rest", title: "the rest of it" }), { text: "Out again." });
  ui.submit("send");
  await until("it works", () => /1 agent · thor: bash until \[ -e on/.test(line()));
  ui.type("some words");
  await shows("some words");
  ui.type("\u0003");
  await until("a prompt is cleared, as ever", () => !ui.screen().includes("some words"));
  ui.type("\u0003");
  await shows("An agent is at work");
  await shows("Let them finish and quit");
  ui.keep("quit-120x40");
  ui.type("\u001b");
  await until("the question is gone", () => !ui.screen().includes("An agent is at work"));
  const pid = await pidOf(rig.sandbox, "the rest of it");
  ui.type("\u0003");
  await shows("Let them finish and quit");
  ui.type("finish");
  await until("it is found", () => !ui.screen().includes("End them and quit"));
  ui.type("\r");
  expect(await ui.exited).toBe(0);
  expect(isRunning(pid)).toBe(true);
  await writeFile(join(project, "on"), "");
  await until("it has come to its own end", () => !isRunning(pid));
  expect(rig.requestsFor("the rest").map(({ step }) => step)).toEqual([0, 1]);
  // The session that was written last is the agent's: the user goes on in the one that sent it out.
  ui = await startTerminalUi(rig.sandbox, ["--continue"], { columns: 120, rows: 40 });
  await shows(/Since you quit[\s\S]*thor: done, the rest of it/);
  await shows("Out again.");
  ui.keep("since-you-quit-120x40");
}, 120_000);

test("a plan that waits is told of in the line, and is read and approved on the screen", async () => {
  const elements = [
    { name: "a", type: "task", title: "Measure it" },
    { name: "b", type: "task", title: "Build it" },
  ];
  rig.plan(
    "plan it",
    { calls: [planAction("draw", "cache", { planTitle: "The cache", elements })] },
    { calls: [waitFor("cache")] },
    ({ toolResults }) => ({ text: `Decided: ${toolResults.at(-1)}` }),
  );
  ui.type("\u001b");
  await until("what was told is gone", () => !ui.screen().includes("Since you quit"));
  await shows(/Odin · Model A/);
  ui.submit("plan it");
  await until("the line tells of it", () => line().includes("plan cache waits for you"));
  ui.pressF6();
  await shows("plan cache: waits for your decision");
  ui.type("\r");
  await shows(/Plan cache[\s\S]*\[ \] 1\. Measure it[\s\S]*\[ \] 2\. Build it/);
  ui.keep("plan-120x40");
  ui.type("a");
  await shows("Approve the plan");
  ui.type("go ahead");
  await shows("go ahead");
  ui.keep("approve-120x40");
  ui.type("\r");
  await until("the wait has ended", () => rig.requestsFor("plan it").length === 3);
  const answer = JSON.parse(rig.requestsFor("plan it").at(-1)?.toolResults.at(-1) ?? "{}");
  expect(answer).toMatchObject({ status: "approved" });
  expect(JSON.stringify(answer)).toContain("go ahead");
  ui.pressF6();
  await shows("Decided: ");
}, 120_000);

test("where the terminal is wide the sidebar has the session's agents, and how far their plan has come", async () => {
  rig.plan("measure", { calls: [bash("until [ -e measured ]; do sleep 0.3; done")] }, { text: "measured" });
  const agent = { agent: "thor", prompt: "measure", title: "the measurer", planTask: "cache/Measure it" };
  rig.plan("send one", spawn(agent), { text: "One is out." });
  ui.submit("send one");
  await until("it works", () => /1 agent · thor: bash until \[ -e measured/.test(line()));
  ui.resize(160, 40);
  await shows(/Agents {2}\$0\.00 in all[\s\S]*▱{10} 0 of 2 The cache[\s\S]*the measurer[\s\S]*bash until/);
  ui.keep("sidebar-160x40");
  await writeFile(join(rig.sandbox.project, "measured"), "");
  await shows(/▰{5}▱{5} 1 of 2 The cache[\s\S]*✓ the measurer/);
  ui.keep("sidebar-ended-160x40");
  await woken(2);
}, 120_000);

test("what an agent asks is told of in the line, and is answered by a key or by a command", async () => {
  const { project } = rig.sandbox;
  rig.plan("make two", ...insisting(bash("touch by-key"), bash("touch by-command")));
  rig.plan(
    "paint",
    { calls: [{ tool: "bizar_ask_user", args: { question: "Which colour?", options: ["red", "blue"] } }] },
    ({ toolResults }) => ({ text: `It is ${toolResults.join()}` }),
  );
  const agents = [
    { agent: "asker", prompt: "make two", title: "the maker" },
    { agent: "thor", prompt: "paint", title: "the painter" },
  ];
  rig.plan("send both", spawn(...agents), { text: "Both are out." });
  ui.submit("send both");
  await until("the line tells of both", () => line().includes("2 things wait for you"));
  ui.keep("questions-160x40");
  ui.pressF6();
  await shows(/Waits for you[\s\S]*touch by-key[\s\S]*Which colour\?/);
  ui.keep("asking-160x40");
  ui.type("y");
  await until("it is made", () => existsSync(join(project, "by-key")));
  ui.pressF6();
  await shows("Both are out.");
  ui.submit('/bizar answer "the painter" blue');
  await until("the answer is told", async () => {
    const record = await recordOfTitle(rig.sandbox, "the painter");
    return record?.status === "done" && record.resultPreview?.includes("blue") === true;
  });
  await woken(3);
  await until("the other one asks yet", () => /asker asks: bash: touch by-command/.test(line()));
  ui.keep("answer-told-160x40");
  if (ui.screen().includes("Esc closes")) ui.type("\u001b");
  // A letter right behind an escape is another key.
  await until("no dialog is open", () => !ui.screen().includes("Esc closes"));
  ui.submit('/bizar deny "the maker" leave that');
  await until("its words are told", async () => {
    const record = await recordOfTitle(rig.sandbox, "the maker");
    return record?.status === "done" && record.resultPreview?.includes("leave that") === true;
  });
  expect(existsSync(join(project, "by-command"))).toBeFalse();
  ui.keep("answered-160x40");
  await woken(4);
}, 120_000);

test("/exit asks as well, and what is ended with opencode is gone", async () => {
  rig.plan("for long", { calls: [bash("until [ -e never ]; do sleep 0.3; done")] });
  rig.plan("the last one", spawn({ agent: "thor", prompt: "for long", title: "a long task" }), { text: "The last." });
  ui.submit("the last one");
  await until("it works", () => /1 agent · thor: bash until \[ -e never/.test(line()));
  const pid = await pidOf(rig.sandbox, "a long task");
  ui.type("/exit");
  await shows("Exit the app");
  ui.type("\r");
  await shows("Let them finish and quit");
  ui.type("end them");
  await until("it is found", () => !/Stay +nothing changes/.test(ui.screen()));
  ui.type("\r");
  expect(await ui.exited).toBe(0);
  await until("nothing of it runs", () => !isRunning(pid));
  expect(await recordOfTitle(rig.sandbox, "a long task")).toMatchObject({ status: "failed", reason: "shutdown" });
}, 120_000);
