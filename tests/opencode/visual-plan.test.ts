import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { buildCanvas } from "../../scripts/build/build-canvas.ts";
import { launchBrowser } from "../../scripts/scripted-browser/launch-browser.ts";
import { ROOT } from "../../scripts/scripted-host/sandbox.ts";
import { answerOf, command, newSession, planAction, shown, waitFor } from "./plan-rig.ts";
import { createRig, serve, until, type Answer, type Rig, type ServedRig } from "./rig.ts";

let browser: Browser;
beforeAll(async () => {
  await buildCanvas(ROOT);
  browser = await launchBrowser();
}, 180_000);
afterAll(async () => await browser.close());

let rig: Rig;
afterEach(async () => {
  await Promise.all(browser.contexts().map(async (context) => await context.close()));
  await rig.dispose();
});

const TASK = "Replace our passwords with sign-in links";

/** A rig whose user has a browser: a program that notes which pages it is told to open. */
async function withBrowser(): Promise<{ readonly opened: () => Promise<readonly string[]> }> {
  rig = await createRig();
  const { root, environment } = rig.sandbox;
  const [program, list] = [join(root, "browser.sh"), join(root, "opened.txt")];
  await writeFile(program, `#!/bin/sh\necho "$1" >> '${list}'\n`);
  await chmod(program, 0o755);
  environment["BROWSER"] = program;
  return { opened: async () => (await readFile(list, "utf8").catch(() => "")).split("\n").filter(Boolean) };
}

async function open(url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(`localStorage.setItem("bizar:view", "canvas")`);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  await page.locator(".card").first().waitFor();
  return page;
}

/** The newest answer of a tool that the model has been given. */
function newest(toolResults: readonly string[]): Answer {
  return JSON.parse(toolResults.at(-1) ?? "null");
}

async function comment(page: Page, elementId: string, text: string): Promise<void> {
  await page.getByTestId(`element-${elementId}`).locator(".card-head").click();
  await page.keyboard.press("c");
  await page.getByTestId("comment-input").fill(text);
  await page.getByTestId("comment-send").click();
  await page.getByRole("button", { name: `Comment of user: ${text}` }).click();
  await page.getByTestId("send-now").click();
}

async function decide(page: Page, decision: "approve" | "request-changes" | "reject", note: string): Promise<void> {
  await page.getByTestId(decision).click();
  await page.getByTestId("decision-note").fill(note);
  await page.getByTestId("decision-confirm").click();
}

test("with /visual-plan on a hard task becomes a plan, which the user comments, changes and approves; then it is done", async () => {
  const { opened } = await withBrowser();
  const served = await serve(rig);
  rig = served;
  const sessionId = await newSession(served);
  expect(await answerOf(served, sessionId, "visual-plan", "on")).toContain("Visual plans are on");

  const waits: Answer[] = [];
  const looks: Answer[] = [];
  const file = join(rig.sandbox.project, "sign-in.ts");
  rig.plan(
    TASK,
    {
      calls: [
        planAction("draw", "sign-in", {
          planTitle: "Sign-in links",
          elements: [
            { name: "table", type: "task", title: "Add the table", content: "`tokens`", x: 0, y: 0 },
            { name: "mail", type: "task", title: "Send the mail", x: 460, y: 0 },
          ],
          connections: ["table>mail then"],
        }),
        planAction("add_element", "sign-in", { type: "diagram", title: "Flow", content: "flowchart TD\n a--b[x" }),
        ...["How long is it good?", "Who pays?", "Who knows?", "Who reads it?"].map((title, index) =>
          planAction("add_element", "sign-in", { type: "question", title, x: index * 400, y: 300 }),
        ),
      ],
    },
    {
      calls: [
        planAction("add_connection", "sign-in", { from: "mail", to: "How long is it good?" }),
        waitFor("sign-in"),
      ],
    },
    ({ toolResults }) => {
      waits.push(newest(toolResults));
      const [{ id }] = waits[0].newComments;
      return {
        calls: [
          planAction("reply_to_comment", "sign-in", { commentId: id, text: "An hour at most." }),
          planAction("update_element", "sign-in", { elementId: "el_mail", title: "Send the mail within a minute" }),
        ],
      };
    },
    { calls: [waitFor("sign-in")] },
    ({ toolResults }) => {
      waits.push(newest(toolResults));
      return { calls: [planAction("get_canvas", "sign-in")] };
    },
    ({ toolResults }) => {
      looks.push(newest(toolResults));
      return { calls: [waitFor("sign-in")] };
    },
    ({ toolResults }) => {
      waits.push(newest(toolResults));
      return { calls: [{ tool: "write", args: { filePath: file, content: "export const minutes = 15;\n" } }] };
    },
    { text: "The table is there." },
  );
  const asked = served.ask(TASK, { sessionId });

  await until("a page is opened", async () => (await opened()).length === 1);
  const page = await open((await opened())[0] ?? "");
  expect(rig.requestsFor(TASK)[0]?.system).toContain("Visual plans are on");
  expect((await shown(served, sessionId)).at(-1)).toContain("It was opened in your browser");
  await page.getByText("The agent waits for you").waitFor();
  await comment(page, "el_mail", "What if the mail is slow?");
  await until("the agent has read it", () => waits.length === 1);
  expect(waits[0]).toMatchObject({ ok: true, status: "feedback_received", planStatus: "draft", edits: [] });
  expect(waits[0].newComments).toMatchObject([
    { elementId: "el_mail", author: "user", text: "What if the mail is slow?", thread: [] },
  ]);

  // What the agent does arrives without a reload.
  await page.getByTestId("element-el_mail").getByText("Send the mail within a minute").waitFor();
  await until("it waits again", () => rig.requestsFor(TASK).length === 4);
  await page.getByTestId("element-el_table").getByTestId("element-title").dblclick();
  await page.getByTestId("element-title-input").fill("Add two tables");
  await page.keyboard.press("Enter");
  // An edit is a part of the review, and goes when the person sends it.
  await page.getByTestId("finish-review").getByText("1 edit").click();
  await page.getByTestId("choice-commented").click();
  await page.getByTestId("decision-confirm").click();
  await until("the agent has seen it", () => looks.length === 1);
  expect(waits[1]).toMatchObject({ ok: true, status: "feedback_received", newComments: [] });
  expect(waits[1].edits).toMatchObject([
    {
      change: "updated",
      what: "element",
      id: "el_table",
      title: "Add two tables",
      fields: ["title"],
    },
  ]);
  expect(looks[0].elements.find(({ id }: Answer) => id === "el_table").title).toBe("Add two tables");
  // The calls of one message came in their order.
  expect(looks[0]).toMatchObject({ title: "Sign-in links" });
  expect(looks[0].elements.slice(2).map(({ title }: Answer) => title)).toEqual([
    "How long is it good?",
    "Who pays?",
    "Who knows?",
    "Who reads it?",
  ]);
  expect(looks[0].connections.map(({ from, label = "" }: Answer) => `${from} ${label}`)).toEqual([
    "el_table then",
    "el_mail ",
  ]);
  expect(looks[0].comments[0].thread).toMatchObject([{ author: "odin", text: "An hour at most." }]);
  expect(await Bun.file(file).exists()).toBe(false);

  await until("it waits once more", async () => rig.requestsFor(TASK).length === 6);
  await decide(page, "approve", "With 15 minutes");
  const done = await asked;
  await page.getByTestId("plan-status").and(page.getByText("Approved")).waitFor();
  expect(waits[2]).toMatchObject({ ok: true, status: "approved", planStatus: "approved", note: "With 15 minutes" });
  expect([waits[2].newComments, waits[2].edits]).toEqual([[], []]);
  expect(await Bun.file(file).text()).toBe("export const minutes = 15;\n");
  expect(done.text).toBe("The table is there.");
  const broken = { ok: false, error: expect.stringContaining('broken at line 2, "a--b[x"') };
  expect(done.answers("bizar_plan_action")[1]).toMatchObject(broken);
  // A browser that shows the plan is not opened again.
  expect(await opened()).toHaveLength(1);
  expect(rig.model.requests.filter(({ prompt }) => prompt.includes("automatic message"))).toEqual([]);
}, 180_000);

test("what the user does on the page after the wait has ended is told, a restart in between or not", async () => {
  const { opened } = await withBrowser();
  const first = await serve(rig);
  rig = first;
  const sessionId = await newSession(first);
  const element = planAction("add_element", "late", { elementId: "el_a", type: "task", title: "First", x: 0, y: 0 });
  rig.plan("do it", { calls: [element] }, { calls: [waitFor("late", { timeoutMs: 5000 })] }, { text: "nobody there" });
  const asked = await first.ask("do it", { sessionId });
  expect(asked.answers("bizar_wait_for_feedback")).toMatchObject([{ ok: true, status: "timed_out", newComments: [] }]);
  const page = await open((await opened())[0] ?? "");
  await comment(page, "el_a", "Not so fast");
  const messages = () =>
    rig.model.requests.map(({ prompt }) => prompt).filter((prompt) => prompt.includes("automatic message"));
  await until("the session is told", () => messages().length === 1);
  expect(messages()[0]).toContain('"Not so fast"');
  await first.server.stop();
  await page.getByTestId("connection-banner").waitFor();
  await page.getByTestId("element-el_a").getByRole("checkbox").click();
  await page.getByText("1 edit is kept").waitFor();

  const second = await serve(rig);
  rig = second;
  await command(second, sessionId, "plan", "open late");
  await until("another page is opened", async () => (await opened()).length === 2);
  expect(await shown(second, sessionId)).toContainEqual(expect.stringContaining("It was opened in your browser"));
  const again = await open((await opened())[1] ?? "");
  await again.getByText("The agent waits for you").waitFor();
  await decide(again, "reject", "Not this quarter");
  await until("it is a note in the session", async () => (await notes(second, sessionId)).length === 2);
  // The session does nothing in this opencode yet: it reads the note when the user goes on.
  await second.ask("And now?", { sessionId });
  const [request] = rig.requestsFor("And now?");
  const told = request?.messages.filter(({ text }) => text.includes("the user has rejected it.")) ?? [];
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toContain('"Not this quarter"');
  expect(told[0]?.text).not.toContain("Not so fast");
}, 180_000);

/** What the plugin has told the model of a session. */
async function notes({ server }: ServedRig, sessionId: string): Promise<string[]> {
  const { data = [] } = await server.client.session.messages({ path: { id: sessionId } });
  return data.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === "text" && part.synthetic === true ? [part.text] : [])),
  );
}
