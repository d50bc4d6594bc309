import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "bun:test";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { buildCanvas } from "../../../scripts/build/build-canvas.ts";
import { launchBrowser } from "../../../scripts/scripted-browser/launch-browser.ts";
import { until } from "../../until.ts";
import { TEN_LINES } from "../../workspace/git-rig.ts";
import { ChangesStage, type StagedAgent } from "../changes-stage.ts";
import { picture, seriousFindings, take } from "../seen-page.ts";

let browser: Browser;
beforeAll(async () => {
  await buildCanvas(join(import.meta.dir, "../../.."));
  browser = await launchBrowser();
}, 60_000);
afterAll(async () => await browser.close());

/** The page of an agent's changes in a browser of its own, which must have nothing to complain of at the end. */
async function openChanges(stage: ChangesStage, { instanceId }: StagedAgent, options: BrowserContextOptions = {}) {
  const server = await stage.serve();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    const isNetwork = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isNetwork) complaints.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  await page.goto(server.link(instanceId));
  await page.getByRole("button", { name: "Open the changes" }).click();
  await page.getByTestId("file").first().waitFor();
  return page;
}

/** The number of a line, in the column of the new file. */
function lineNumber(page: Page, path: string, key: string) {
  return page.locator(`[data-path="${path}"] td.diff-gutter[data-change-key="${key}"]`).last();
}

async function comment(page: Page, path: string, key: string, text: string): Promise<void> {
  await lineNumber(page, path, key).click();
  await page.getByTestId("comment-text").fill(text);
  await page.getByTestId("comment-save").click();
}

const CODE = `import { readFile } from "node:fs/promises";

/** How many words a file has. */
export async function countWords(path: string): Promise<number> {
  const text = await readFile(path, "utf8");
  return text.split(" ").length;
}
`;

async function wordCounter(stage: ChangesStage): Promise<StagedAgent> {
  stage.git.write("src/words.ts", CODE);
  stage.git.write("notes.md", "# Notes\n");
  const agent = await stage.agent("Count words right");
  agent.write(
    "src/words.ts",
    CODE.replace('text.split(" ").length', 'text.split(/\\s+/).filter((word) => word !== "").length'),
  );
  agent.write(
    "src/words.test.ts",
    'import { expect, test } from "bun:test";\n\ntest("no word", () => {\n  expect(0).toBe(0);\n});\n',
  );
  agent.write("a.txt", TEN_LINES.replace("line 5", "the fifth line"));
  return agent;
}

test("comments on two lines are sent back as one turn, the next version arrives by itself, and is applied", async () => {
  const stage = new ChangesStage();
  const agent = await wordCounter(stage);
  const page = await openChanges(stage, agent);
  expect(await page.getByTestId("file-name").allTextContents()).toEqual(["a.txt", "src/words.test.ts", "src/words.ts"]);
  await comment(page, "a.txt", "I5", "Say which line");
  await comment(page, "src/words.ts", "I6", "Use a constant");
  // Kept over a reload.
  await page.waitForResponse((response) => response.url().endsWith("/round"));
  await page.reload();
  await page.getByTestId("comment").nth(1).waitFor();
  await page.getByTestId("send-back").click();
  await page.getByTestId("decision-note").fill("Nearly there");
  await page.getByTestId("decision-confirm").click();
  await page.getByTestId("notice").waitFor();
  expect(stage.sent).toHaveLength(1);
  const [{ prompt } = { prompt: "" }] = stage.sent;
  expect(prompt).toContain("| Nearly there");
  expect(prompt).toContain('Comment 1, on "a.txt", line 5:\n| the fifth line\nsays:\n| Say which line');
  expect(prompt).toContain('Comment 2, on "src/words.ts", line 6:\n|   return text.split(');
  expect(await page.getByTestId("comment").count()).toBe(0);
  await page.getByTestId("standing").getByText("at work").waitFor();
  expect(await page.getByTestId("apply").isDisabled()).toBe(true);
  agent.write("a.txt", TEN_LINES.replace("line 5", "line five"));
  await agent.atWork(false);
  await page.getByText("line five").waitFor();
  await page.getByTestId("apply").click();
  await page.getByTestId("decision-confirm").click();
  await page.getByTestId("standing").getByText("applied").waitFor();
  expect(stage.git.read("a.txt")).toContain("line five");
  expect(stage.git.read("src/words.ts")).toContain("filter((word)");
  expect(await page.getByTestId("decision-confirm").count()).toBe(0);
}, 90_000);

test("what changes under a comment moves it with its lines, or says that it is outdated", async () => {
  const stage = new ChangesStage();
  const agent = await wordCounter(stage);
  const page = await openChanges(stage, agent);
  await comment(page, "a.txt", "I5", "Stays");
  await comment(page, "src/words.ts", "I6", "Goes");
  await agent.atWork(true);
  agent.write("a.txt", `first\nsecond\n${TEN_LINES.replace("line 5", "the fifth line")}`);
  agent.write("src/words.ts", CODE.replace("words", "many words"));
  await page.getByTestId("standing").getByText("at work").waitFor();
  await page.getByTestId("outdated").waitFor();
  const comments = page.getByTestId("comment");
  await until("the comment has moved", async () => (await comments.first().textContent())?.includes("Line 7") === true);
  expect(await page.locator('[data-outdated="true"]').textContent()).toContain("return text.split(/");
  expect(await page.getByTestId("outdated").count()).toBe(1);
}, 60_000);

test("what conflicts with the user's files of now, and what another agent changes too, is said at once", async () => {
  const stage = new ChangesStage();
  const agent = await wordCounter(stage);
  const other = await stage.agent("Another <b>task</b>");
  other.write("notes.md", "# More\n");
  const page = await openChanges(stage, agent);
  expect(await page.getByTestId("conflicts").count()).toBe(0);
  stage.git.write("a.txt", TEN_LINES.replace("line 5", "the user's"));
  await page.getByTestId("conflicts").waitFor();
  expect(await page.getByTestId("conflicts").textContent()).toContain(
    "1 file cannot be applied as your files are now: a.txt.",
  );
  await page.getByTestId("apply").click();
  expect(await page.getByTestId("decision-facts").textContent()).toContain("nothing would be applied");
  await page.getByTestId("decision-confirm").click();
  await page.getByRole("alert").waitFor();
  expect(stage.git.read("a.txt")).toContain("the user's");
  await page.keyboard.press("Escape");
  const second = await stage.agent("Also on words");
  second.write("src/words.ts", `${CODE}// more\n`);
  const next = await openChanges(stage, second);
  await next.getByTestId("file-others").waitFor();
  expect(await next.getByTestId("others").textContent()).toContain("thor (“Count words right”)");
}, 60_000);

test("all of it goes by keys: files, changes, marking, a comment, viewed, the views, help, sending back", async () => {
  const stage = new ChangesStage();
  const agent = await wordCounter(stage);
  const page = await openChanges(stage, agent);
  const current = async () => await page.locator('.file-head[data-current="true"] .file-name').textContent();
  for (const [key, path] of [
    ["j", "a.txt"],
    ["j", "src/words.test.ts"],
    ["k", "a.txt"],
    ["k", "src/words.ts"],
  ] as const) {
    await page.keyboard.press(key);
    expect(await current()).toBe(path);
  }
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  await page.locator("td.diff-code-selected").first().waitFor();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("c");
  expect(await page.getByTestId("comment-text").getAttribute("aria-label")).toBe("Comment on lines 5 to 6");
  await page.keyboard.type("j and k are letters here");
  await page.keyboard.press("Control+Enter");
  expect(await page.getByTestId("comment").textContent()).toContain("j and k are letters here");
  await page.keyboard.press("n");
  await until("the next file's change is marked", async () => (await current()) === "src/words.test.ts");
  await page.keyboard.press("v");
  expect(await page.locator('[data-path="src/words.test.ts"] [data-testid="viewed"]').isChecked()).toBe(true);
  expect(await page.locator('[data-path="src/words.test.ts"] .diff').count()).toBe(0);
  await page.keyboard.press("u");
  await page.locator(".diff-split").first().waitFor();
  await page.keyboard.press("?");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  await page.getByTestId("decision-note").waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  // A file that has changed since was not looked at.
  await agent.atWork(true);
  agent.write("src/words.test.ts", "// nothing\n");
  const box = page.locator('[data-path="src/words.test.ts"] [data-testid="viewed"]');
  await until("it is not viewed any more", async () => !(await box.isChecked()));
}, 60_000);

test("discarding asks first, and a branch leaves everything as it is", async () => {
  const stage = new ChangesStage();
  const agent = await wordCounter(stage);
  const page = await openChanges(stage, agent);
  await page.getByTestId("branch").click();
  await page.getByTestId("decision-confirm").click();
  expect(await page.getByTestId("notice").textContent()).toContain(
    "The changes are on the branch bizar/count-words-right-",
  );
  await page.getByTestId("discard").click();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await page.getByTestId("standing").textContent()).toBe("done");
  await page.getByTestId("discard").click();
  await page.getByTestId("decision-confirm").click();
  await page.getByTestId("standing").getByText("discarded").waitFor();
  expect(stage.git.read("a.txt")).toBe(TEN_LINES);
}, 60_000);

describe("looks", () => {
  const looks: readonly [string, BrowserContextOptions][] = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["phone", { colorScheme: "light", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ];
  test.each(looks)(
    "it is legible and in reach of everybody: %s",
    async (name, options) => {
      const stage = new ChangesStage();
      const agent = await wordCounter(stage);
      const other = await stage.agent("Another task");
      other.write("src/words.ts", `${CODE}// more\n`);
      stage.git.write("a.txt", TEN_LINES.replace("line 5", "the user's"));
      const page = await openChanges(stage, agent, { reducedMotion: "reduce", ...options });
      await page.getByTestId("conflicts").waitFor();
      await page.locator(".hljs-keyword").first().waitFor();
      await comment(page, "a.txt", "I5", "Say which line, and why");
      await lineNumber(page, "src/words.test.ts", "I3").click();
      await take(page, `changes-${name}`);
      await page.keyboard.press("Escape");
      if (name !== "phone") {
        await page.keyboard.press("u");
        await take(page, `changes-${name}-split`);
      }
      await page.getByTestId("send-back").click();
      await take(page, `changes-${name}-dialog`);
      expect(await seriousFindings(page)).toEqual([]);
    },
    60_000,
  );
});

function line(index: number, word: string): string {
  return `export const ${word}${index} = { name: "${word} ${index}", value: ${index} };\n`;
}

function many(word: string): string {
  return Array.from({ length: 2500 }, (_, index) => line(index, word)).join("");
}

test("5 000 changed lines stop the page for no 200 ms, in either view", async () => {
  const stage = new ChangesStage();
  stage.git.write("src/many.ts", many("before"));
  const agent = await stage.agent("Rename everything");
  agent.write("src/many.ts", many("after"));
  const page = await openChanges(stage, agent, { viewport: { width: 1280, height: 900 } });
  await page.locator("tr.diff-line").first().waitFor();
  const cdp = await page.context().newCDPSession(page);
  // What the page itself works, however busy the machine is.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const workedMs = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
  };
  const costs: number[] = [];
  const costing = async (act: () => Promise<unknown>) => {
    const before = await workedMs();
    await act();
    costs.push((await workedMs()) - before);
  };
  const through = async () => {
    for (let at = 0; at < 1; at += 1 / 12) {
      await costing(async () => {
        await page.evaluate(`new Promise((resolve) => {
          const diffs = document.querySelector(".diffs");
          diffs.scrollTop = ${at} * diffs.scrollHeight;
          requestAnimationFrame(() => requestAnimationFrame(resolve));
        })`);
      });
    }
  };
  await through();
  await costing(async () => {
    await page.keyboard.press("u");
    await page.locator(".diff-split").first().waitFor();
  });
  await through();
  await picture(page, "changes-many");
  expect(await page.locator("tr.diff-line").count()).toBeLessThan(1000);
  // Each is of two frames and more.
  expect(Math.max(...costs)).toBeLessThan(200);
}, 90_000);
