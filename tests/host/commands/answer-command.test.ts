import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { answerCommand } from "../../../src/host/commands/answer-command.ts";
import type { CommandContext } from "../../../src/host/commands/command-context.ts";
import type { CommandName } from "../../../src/host/commands/command-names.ts";
import { PlanSettingsFile } from "../../../src/store/plan-settings.ts";
import { plainText } from "../../../src/text/plain-text.ts";
import type { Act } from "../../../src/processes/whose-act.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { createPlanRig } from "../plan-rig.ts";

const fleet = async () => ({ catalog: { list: async () => [] } }) as never;

function createRig(given: Partial<Pick<CommandContext, "whoseAct" | "endsSoon" | "tellUser">> = {}) {
  const { desk, plans, folder, act, followed } = createPlanRig();
  const settings = new PlanSettingsFile(join(temporaryFolder(), "state"), () => undefined);
  const mine = { whoseAct: (): Act => ({ by: "person" }), endsSoon: false, tellUser: undefined, ...given };
  const context: CommandContext = {
    plans: desk,
    settings,
    fleet,
    applyChanges: "agent",
    killGraceMs: 0,
    ...mine,
  };
  const say = async (line: string) => {
    const [name = "", ...rest] = line.split(" ");
    return await answerCommand(context, name as CommandName, rest.join(" "));
  };
  return { say, plans, folder, act, settings, desk, followed };
}

describe("/plan", () => {
  test("alone is its usage", async () => {
    const usage = await createRig().say("plan");
    for (const part of ["new <slug> [template]", "status <slug> [value]", 'comment <slug> [element] "text"', "export"])
      expect(usage).toContain(`/plan ${part}`);
  });

  test("new makes a plan with the elements of its template, list shows it", async () => {
    const { say, plans } = createRig();
    expect(await say("plan list")).toContain("There are no plans");
    expect(await say("plan new login feature-design")).toContain("was made from feature-design, with");
    const now = await plans.read("login");
    expect(now.ok && now.value.plan.elements.length).toBeGreaterThan(3);
    expect(await say("plan list")).toMatch(/^PLAN +STATUS.*\nlogin +draft +- +\d+ +0 +\ds ago +Login$/);
    expect(await say("plan new login")).toContain('There is a plan "login" already');
  });

  test("list says what is the matter where the folder of plans is a link", async () => {
    const { say, plans } = createRig();
    await say("plan new x");
    renameSync(plans.folder, `${plans.folder}-elsewhere`);
    symlinkSync(`${plans.folder}-elsewhere`, plans.folder);
    expect(await say("plan list")).toContain(`${plans.folder} is a link, which is not followed`);
    expect(await say("plan status ../x")).not.toContain("There are no plans");
  });

  const wrong: [line: string, says: string][] = [
    ["plan lst", "Did you mean /plan list?"],
    ["plan new", "Expected 1 to 2 words, got nothing.\n\nUsage: /plan new <slug> [template]"],
    ["plan new x featur-design", "Did you mean feature-design?"],
    ["plan new ../x", "Usage: /plan new"],
    ["plan list all", "Expected 0 words"],
    ["plan open y", "Did you mean x?"],
    ["plan status x aproved", "Did you mean approved?"],
    ["plan status", "Expected the plan's slug"],
    ["plan status x draft with a note", "A note goes with a decision only."],
    [`plan status x approved ${"y".repeat(10_001)}`, "at most 10000 characters, not 10001"],
    ["plan comment x", "Expected a text"],
    ["plan comment x el_strt text", "Did you mean el_start?"],
    ['plan comment x "never closed', "never closed"],
    ["plan comments", "Usage: /plan comments <slug>"],
    ["plan delete x", "it came once"],
    ["plan delete x y", '"y" is another one'],
    ["plan export nothing-like-it", "/plan list shows those that are there"],
  ];
  for (const [line, says] of wrong) {
    test(`/${line.slice(0, 40)}: says what was expected`, async () => {
      const { say, plans } = createRig();
      await say("plan new x");
      const before = await plans.read("x");
      expect(await say(line)).toContain(says);
      expect(await plans.read("x")).toEqual(before);
    });
  }

  test("status shows, sets, and decides an open review in the user's name", async () => {
    const { say, plans, followed } = createRig();
    await say("plan new x");
    await plans.openReview("x", { sessionId: "ses_1" });
    expect(await say("plan status x")).toContain("draft\nIt waits for your review");
    expect(await say('plan status x changes-requested "Smaller steps"')).toContain(
      "The agent that waits for it goes on",
    );
    const now = await plans.read("x");
    expect(now.ok && now.value.meta.review).toMatchObject({
      decision: "changes_requested",
      note: "Smaller steps",
      decidedBy: "user",
    });
    expect(await say("plan status x in-progress")).toBe("The plan x is in-progress now.");
    // Whoever asked has to hear of it, also of one that takes another back.
    expect(followed).toEqual(["x"]);
  });

  test("from an opencode that an agent has started nobody decides, comments, gets a link or turns plans off", async () => {
    const { say, plans, settings } = createRig({ whoseAct: () => ({ by: "agent", why: "An agent did." }) });
    await say("plan new x");
    await settings.change({ visualPlan: true });
    const before = await plans.read("x");
    for (const line of ["plan status x approved", "plan comment x well done", "plan open x", "visual-plan off"]) {
      expect(await say(line)).toContain("An agent did. ");
      expect(await say(line)).not.toContain("http:");
    }
    expect(await plans.read("x")).toEqual(before);
    expect(await settings.read()).toEqual({ visualPlan: true });
    expect(await say("plan status x")).toContain("draft");
  });

  test.each<[string, Act]>([
    ["an agent's", { by: "agent", why: "An agent did." }],
    ["anybody's", { by: "anybody", why: "Anybody may." }],
  ])("what is %s command decides nothing, and opens the page without a link", async (_, act) => {
    const { say, plans, desk } = createRig({ whoseAct: () => act });
    await say("plan new x");
    await plans.openReview("x", { sessionId: "ses_1" });
    const url = "http://127.0.0.1:1/secret";
    for (const [shown, words] of [
      [{ url, openedBrowser: true }, "It was opened in your browser."],
      [{ url, openedBrowser: false, why: "No screen." }, "No screen. /plan open x says how to get there."],
    ] as const) {
      Object.assign(desk, { show: async () => shown });
      for (const line of [
        "status x approved",
        "status x rejected",
        "status x changes-requested no",
        "comment x yes",
        "delete x x",
      ]) {
        const answer = await say(`plan ${line}`);
        expect(answer).toStartWith(act.by === "person" ? "" : act.why);
        expect(answer).toMatch(/only the user /i);
        expect(answer).toEndWith(words);
        expect(answer).not.toContain("http");
      }
    }
    expect(await plans.read("x")).toMatchObject({ value: { meta: { status: "draft", review: { state: "open" } } } });
    expect(await say("plan comments x")).toBe("There are no comments on x.");
  });

  test("open leaves no link where a browser shows the page", async () => {
    const { say, desk } = createRig();
    await say("plan new x");
    Object.assign(desk, { show: async () => ({ url: "http://127.0.0.1:1/secret", openedBrowser: true }) });
    expect(await say("plan open x")).toBe('x, "X". It was opened in your browser.');
  });

  test("open shows the link to the user alone where a model reads the answer, and none where the page would not last", async () => {
    const told: string[] = [];
    const { say } = createRig({ tellUser: async (text) => void told.push(text) });
    await say("plan new x");
    expect(await say("plan open x")).toBe('x, "X". The link stands in this session, for your eyes only.');
    expect(told).toEqual([expect.stringContaining("?secret=s\nThe link is good once")]);
    const run = createRig({ endsSoon: true });
    await run.say("plan new x");
    expect(await run.say("plan open x")).toContain("An opencode run ends with its answer");
  });

  test("what goes wrong is told, and the terminal obeys nothing in that either", async () => {
    const { say, desk } = createRig();
    Object.assign(desk.plans, { list: async () => await Promise.reject(new Error("\u001b[31mred")) });
    expect(await say("plan list")).toBe(`/plan did not work: ${plainText("\u001b[31mred")}`);
  });

  test("comment takes an element by id or title, or the plan; comments shows them with their replies", async () => {
    const { say, act, plans } = createRig();
    await say("plan new x");
    await say('plan comment x el_start "on the element"');
    await say('plan comment x "Start here" by its title');
    await say("plan comment x don't forget the tests");
    const found = await plans.read("x");
    const comments = found.ok ? found.value.plan.comments : [];
    expect(comments.map(({ elementId, text }) => [elementId, text])).toEqual([
      ["el_start", "on the element"],
      ["el_start", "by its title"],
      [null, "don't forget the tests"],
    ]);
    await act("reply_to_comment", { commentId: comments[0]?.id, text: "I see" });
    expect(await say("plan comments x")).toMatch(
      /^user on "Start here", \d{4}-\d\d-\d\d \d\d:\d\d\n {2}on the element\n {4}odin: I see\n\nuser on/,
    );
  });

  test("a plan's title does for its slug, and what several are called is asked back for", async () => {
    const { say, plans, folder } = createRig();
    await plans.create("limits", "blank", "Rate limits: v2");
    await plans.create("one", "blank", "Twins");
    await plans.create("two", "blank", "twins");
    expect(await say('plan status "rate limits: V2"')).toStartWith('limits, "Rate limits: v2": draft');
    expect(await say('plan status "Rate limits: v2" in-progress')).toBe("The plan limits is in-progress now.");
    expect(await say('plan open "Rate limits: v2"')).toContain("/plan/limits?secret=s");
    expect(await say('plan comment "Rate limits: v2" "START here" short')).toBe('Commented on "Start here" of limits.');
    expect(await say('plan comments "Rate limits: v2"')).toContain("short");
    expect(await say('plan export "Rate limits: v2"')).toContain(join(folder, "limits/plan.md"));
    for (const command of ["status", "open", "comments", "export"]) {
      expect(await say(`plan ${command} TWINS`)).toBe('2 plans are called "TWINS": say which by its slug, one, two.');
    }
    // What is deleted for good is called by its slug.
    expect(await say('plan delete "Rate limits: v2" "Rate limits: v2"')).not.toContain("was deleted");
  });

  test("an element whose title is another one's too is not guessed at", async () => {
    const { say, act, plans } = createRig();
    for (const elementId of ["el_a", "el_b"]) await act("add_element", { elementId, title: "Schema" });
    expect(await say("plan comment x schema is unclear")).toContain("say which by its id, el_a, el_b");
    const found = await plans.read("x");
    expect(found.ok && found.value.plan.comments).toEqual([]);
  });

  test("of comments that are too many for an answer the newest are shown", async () => {
    const { say } = createRig();
    await say("plan new x");
    for (const letter of "abc") await say(`plan comment x ${letter.repeat(10_000)}`);
    const text = await say("plan comments x");
    expect(text).toStartWith("(older ones left out: 1)\n\nuser, ");
    expect(text).toEndWith("c".repeat(10_000));
    expect(text).toContain("b".repeat(10_000));
  });

  test("export prints Markdown and writes it beside the plan; open prints the link; delete deletes", async () => {
    const { say, folder } = createRig();
    await say("plan new x");
    const markdown = await say("plan export x");
    expect(markdown).toContain(readFileSync(join(folder, "x/plan.md"), "utf8").trim());
    expect(statSync(join(folder, "x/plan.md")).mode).toBe(statSync(join(folder, "x/plan.json")).mode);
    expect(markdown).toContain("# X");
    expect(await say("plan open x")).toContain("http://127.0.0.1:1/plan/x?secret=s");
    expect(await say("plan delete x x")).toBe("The plan x was deleted.");
    expect(await say("plan list")).toContain("There are no plans");
  });

  test("a plan that is broken by hand is named in the list, with the place, and the terminal obeys nothing in it", async () => {
    const { say, folder } = createRig();
    await say("plan new x");
    await say("plan new y");
    writeFileSync(join(folder, "x/plan.json"), '{"title": \n oops}');
    const list = await say("plan list");
    expect(list).toMatch(/^x +broken/m);
    expect(list).toContain("line 2");
    await say("plan comment y \u001b[31mred");
    expect(await say("plan comments y")).not.toContain("\u001b");
  });
});

describe("/visual-plan", () => {
  test("is off, is switched, and survives what else is in the file", async () => {
    const { say, settings } = createRig();
    expect(await say("visual-plan")).toStartWith("Visual plans are off");
    expect(await say("visual-plan on")).toStartWith("Visual plans are on");
    writeFileSync(settings.path, JSON.stringify({ visualPlan: true, later: { a: 1 } }));
    expect(await say("visual-plan off")).toStartWith("Visual plans are off");
    expect(JSON.parse(readFileSync(settings.path, "utf8"))).toEqual({ visualPlan: false, later: { a: 1 } });
    expect(await say("visual-plan onn")).toContain("Did you mean /visual-plan on?");
  });

  for (const text of ["not json", "[]", '{"visualPlan": "yes"}', ""]) {
    test(`a settings file that holds ${JSON.stringify(text)} is the defaults`, async () => {
      const { settings } = createRig();
      mkdirSync(join(settings.path, ".."), { recursive: true });
      writeFileSync(settings.path, text);
      expect(await settings.read()).toEqual({ visualPlan: false });
      await settings.change({ visualPlan: true });
      expect(await settings.read()).toEqual({ visualPlan: true });
    });
  }

  test("says that nothing has changed when it cannot be written", async () => {
    const { say, settings } = createRig();
    const folder = join(settings.path, "..");
    writeFileSync(folder, "a file in its place");
    expect(await say("visual-plan on")).toContain("could not be written, so nothing has changed");
  });
});

test("/bizar help names every command", async () => {
  const help = await createRig().say("bizar help");
  for (const part of ["/bizar logs <id>", "/plan delete <slug> <slug>", "/visual-plan on"])
    expect(help).toContain(part);
  expect(await createRig().say("bizar")).toBe("There are no background agents.");
  expect(await createRig().say("bizar kill nobody at all")).toContain('There is no agent "nobody at all"');
});
