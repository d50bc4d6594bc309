import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { recordOfTitle } from "./agent-of-title.ts";
import { ASKER, insisting } from "./contract/asking-agents.ts";
import { leaveAgents } from "./left-agents.ts";
import { bash, createRig, spawn, until, type Rig } from "./rig.ts";
import { startTerminalUi, type TerminalUi } from "./terminal.ts";

let rig: Rig;
let ui: TerminalUi;

beforeAll(async () => {
  rig = await createRig({ terminalHalf: true, config: { agent: { asker: ASKER } } });
  ui = await startTerminalUi(rig.sandbox, ["--agent", "odin"], { columns: 120, rows: 40 });
}, 120_000);
afterAll(async () => {
  ui.kill("SIGTERM");
  await ui.exited;
  await rig.dispose();
});

const lines = (): readonly string[] => ui.screen().split("\n");
const shows = async (what: RegExp): Promise<void> =>
  await until(`the screen shows ${what}`, () => what.test(ui.screen()), 60_000);

test("thirty agents of another opencode are told of in a line each, be the terminal narrow or wide", async () => {
  const others = await leaveAgents(rig.sandbox, 30);
  await shows(/24 agents, 6 queued · /);
  for (const [columns, rows, atOnce] of [
    [80, 24, 14],
    [120, 40, 26],
  ] as const) {
    ui.resize(columns, rows);
    ui.pressF6();
    await shows(/^Agents 24 at work · 6 queued · 30 in all · \$0\.30/m);
    await until("the list is drawn", () => lines().filter(isOfAgent).length >= atOnce);
    expect(lines().at(-1)).toContain("24 agents, 6 queued · thor: bash");
    expect(lines().slice(-4).join("\n")).toContain("Enter opens · / filters");
    ui.keep(`thirty-${columns}x${rows}`);
    ui.type("/task 17");
    await until("the filter leaves one", () => lines().filter(isOfAgent).length === 1);
    ui.type("\r");
    ui.type("\r");
    await shows(/task 17 of many[\s\S]*Log {2}Transcript/);
    ui.keep(`one-of-thirty-${columns}x${rows}`);
    ui.pressF6();
    await until("the screen of agents is left", () => !ui.screen().includes("Transcript"));
  }
  await others.end();
  await until("the line is gone", () => !/\d agents?\b/.test(lines().at(-1) ?? ""));
}, 200_000);

test("by keys a question is answered in words, and what may not be done is refused with what to do instead", async () => {
  const ask = { tool: "bizar_ask_user", args: { question: "Which colour?", options: ["red", "blue"] } };
  rig.plan("paint", { calls: [ask] }, ({ toolResults }) => ({ text: `It is ${toolResults.join()}` }));
  rig.plan("make it", ...insisting(bash("touch made")));
  const agents = [
    { agent: "thor", prompt: "paint", title: "the painter" },
    { agent: "asker", prompt: "make it", title: "the maker" },
  ];
  rig.plan("send both", spawn(...agents), { text: "Both are out." });
  ui.submit("send both");
  await shows(/2 things wait for you/);
  ui.pressF6();
  for (const [title, key, dialog, words] of [
    ["the painter", "a", /Answer thor: Which colour\?/, "blue"],
    ["the maker", "d", /Refuse asker: bash: touch made/, "leave that"],
  ] as const) {
    ui.type(`/${title}`);
    await shows(new RegExp(`/ ?${title}`));
    ui.type("\r");
    ui.type(key);
    await shows(dialog);
    ui.type(words);
    await shows(new RegExp(words));
    ui.type("\r");
    await until(`${title} has heard it`, async () => {
      const record = await recordOfTitle(rig.sandbox, title);
      return record?.status === "done" && record.resultPreview?.includes(words) === true;
    });
    ui.type("\u001b");
    await until("all are shown again", () => !new RegExp(`/ ?${title}`).test(ui.screen()));
  }
  expect(existsSync(join(rig.sandbox.project, "made"))).toBeFalse();
  ui.pressF6();
  const wakes = () => rig.model.requests.filter(({ prompt }) => prompt.startsWith("This is an automatic message"));
  await until("Odin has heard of both", () => wakes().length >= 2 && !/esc (?:again to )?interrupt/.test(ui.screen()));
}, 120_000);

test("a key ends an agent, once that was confirmed, and wakes nobody; another one goes to its session", async () => {
  rig.plan("for nothing", { calls: [bash("until [ -e never ]; do sleep 0.3; done")] });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "for nothing", title: "a vain task" }), { text: "It is out." });
  ui.submit("delegate");
  await shows(/1 agent · thor: bash until \[ -e never/);
  await shows(/It is out\./);
  const requests = rig.model.requests.length;
  ui.pressF6();
  await shows(/At work \(1\)[\s\S]*a vain task/);
  ui.type("k");
  await shows(/End thor\?/);
  ui.keep("end-120x40");
  expect(await recordOfTitle(rig.sandbox, "a vain task")).toMatchObject({ status: "running" });
  ui.type("\r");
  await until("its end is noted", async () => {
    const record = await recordOfTitle(rig.sandbox, "a vain task");
    return record?.status === "killed" && record.announcement?.state === "announced";
  });
  await until("no one is at work", () => !ui.screen().includes("At work"));
  expect(rig.model.requests).toHaveLength(requests);
  ui.type("/a vain");
  await until("it is found", () => lines().filter(isOfAgent).length === 0 && /■ a vain task/.test(ui.screen()));
  ui.type("\r");
  ui.type("p");
  await shows(/thor works on no plan's task\./);
  ui.type("r");
  await shows(/thor has no result yet\./);
  ui.type("i");
  await shows(/The id of thor was copied\./);
  expect(ui.clipboard()).toBe((await recordOfTitle(rig.sandbox, "a vain task"))?.instanceId ?? "");
  ui.type("s");
  await shows(/for nothing[\s\S]*until \[ -e never/);
}, 120_000);

function isOfAgent(line: string): boolean {
  return /task \d+ of many.* thor +(?:bash : step \d+|number \d in the line)/.test(line);
}
