import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { OPENCODE } from "../../scripts/scripted-host/sandbox.ts";
import { followLink } from "../canvas/follow-link.ts";
import { answerOf, decideOnPage, linkIn, newSession, planAction, shown, waitFor } from "./plan-rig.ts";
import { bash, createRig, serve, until, type Answer, type Rig, type ServedRig } from "./rig.ts";
import { startTerminalUi } from "./terminal.ts";

let rig: Rig;

const NOT_YOURS = "not decided: approved is set in the file, not decided by you";
const draw = (slug: string) => ({
  calls: [planAction("add_element", slug, { elementId: "el_a", type: "task", title: "First" })],
});
const update = (slug: string, more: Record<string, unknown>) =>
  planAction("update_element", slug, { elementId: "el_a", ...more });

/** What the tools have answered to a prompt, in order. */
function results(prompt: string): readonly string[] {
  return rig.requestsFor(prompt).at(-1)?.toolResults ?? [];
}

/** A meta.json that tells of an approval, as a person's would. */
async function forgedMeta(): Promise<string> {
  const decidedAt = new Date(Date.now() + 2000).toISOString();
  const review = { state: "decided", decision: "approved", decidedBy: "user", decidedAt };
  return JSON.stringify({ status: "approved", title: "X", template: "blank", lastEdited: decidedAt, review });
}

describe.each(["ask", "enforce"])("with planGate %s", (planGate) => {
  const isClosed = planGate === "enforce";
  let served: ServedRig;
  beforeAll(async () => {
    served = await serve(await createRig({ options: { planOpenBrowser: "never", planGate } }));
    rig = served;
  }, 180_000);
  afterAll(async () => await served.dispose());

  test("what is written past the tools approves nothing, whichever way it gets there", async () => {
    const { project } = rig.sandbox;
    const session = await newSession(served);
    await writeFile(join(project, "forged.json"), await forgedMeta());
    await symlink("plans", join(project, "docs"));
    const forge = (path: string) => ({ tool: "write", args: { filePath: join(project, path), content: "{}" } });
    const edit = { filePath: join(project, "docs/x/meta.json"), oldString: '"draft"', newString: '"approved"' };
    // It waits for its sign in the background, from before the review.
    const sleeper = `nohup sh -c 'until [ -e go ]; do sleep 0.1; done; cp forged.json plans/x/meta.json; touch gone' >/dev/null 2>&1 &`;
    const write = { tool: "write", args: { filePath: join(project, "a.txt"), content: "a" } };
    rig.plan(
      "get round",
      draw("x"),
      { calls: [bash(sleeper), forge("docs/x/meta.json"), { tool: "edit", args: edit }] },
      { calls: [waitFor("x", { timeoutMs: 5000 })] },
      { calls: [write, planAction("get_canvas", "x")] },
      { text: "tried" },
    );
    const asked = served.ask("get round", { sessionId: session });
    await until("the user is called", async () => (await shown(served, session)).length > 0);
    await writeFile(join(project, "go"), "");
    await asked;
    expect(await Bun.file(join(project, "gone")).exists()).toBe(true);
    const [, , written, edited, wait = "", wrote, canvas = ""] = results("get round");
    for (const refusal of [written, edited]) expect(refusal).toContain("Change it with bizar_plan_action");
    expect(JSON.parse(wait)).toMatchObject({ status: "timed_out", planStatus: "in-progress", shownToUser: NOT_YOURS });
    expect(JSON.parse(canvas)).toMatchObject({
      status: "in-progress",
      review: { state: "open", shownToUser: NOT_YOURS },
    });
    expect(await Bun.file(join(project, "a.txt")).exists()).toBe(!isClosed);
    if (isClosed) expect(wrote).toContain('write was refused: the plan "x" is up for review');
    expect(await answerOf(served, session, "plan", "list")).toContain(`x: ${NOT_YOURS}`);
    expect(await answerOf(served, session, "plan", "status x")).toContain(NOT_YOURS);
    // The page is where it is decided.
    await decideOnPage(served, session, "x", "approved");
    expect(await answerOf(served, session, "plan", "status x")).toStartWith('x, "X": approved\nReviewed');
  }, 180_000);

  test("neither the interface of this opencode nor another opencode decides for an agent, nor does a link that it finds", async () => {
    const session = await newSession(served);
    const url = await serverUrl(served);
    const json = `-s -m 20 -H 'content-type: application/json'`;
    const call = (line: string) =>
      `curl ${json} -d '${JSON.stringify({ command: "plan", arguments: line })}' ${url}/session/${session}/command`;
    const say = `printf '%s' '/plan status y approved' | `;
    const database = join(rig.sandbox.home, ".local/share/opencode");
    const take = `L=$(grep -aohE 'http://127[^ "\\\\]*/plan/y[?]secret=[A-Za-z0-9_-]+' -r ${database} | tail -1)`;
    const post = [
      "L=$(cat link)",
      'curl -s -m 20 -D - -H "origin: $(echo $L | cut -d/ -f1-3)" -d "secret=${L#*secret=}" "${L%%[?]*}"',
    ].join("; ");
    await writeFile(join(rig.sandbox.project, "post.sh"), post);
    rig.plan("draw y", draw("y"), { calls: [waitFor("y", { timeoutMs: 5000 })] }, { text: "drawn" });
    await served.ask("draw y", { sessionId: session });
    // Of another conversation: the gate is not closed for it.
    rig.plan(
      "get round the page",
      {
        calls: [
          bash(call("status y approved")),
          bash(call("delete y y")),
          bash(`${say} env -u BIZAR_SHELL_OF ${OPENCODE} run; true`),
        ],
      },
      // One run after the other: two that start at once may find the database locked.
      {
        calls: [
          bash(
            `printf '%s' '/plan status y approved' > say; exec env -i HOME=$HOME PATH=$PATH OPENCODE_DISABLE_MODELS_FETCH=1 OPENCODE_MODELS_PATH=$OPENCODE_MODELS_PATH ${OPENCODE} run < say`,
          ),
        ],
      },
      {
        calls: [
          bash(`${take}; echo "$L" | tee link; curl -s -m 20 "$L" | grep -o 'Open the plan' | head -1; sh post.sh`),
          bash("exec env -i PATH=$PATH sh post.sh"),
          bash(
            `setsid -f env -i HOME=$HOME PATH=$PATH OPENCODE_DISABLE_MODELS_FETCH=1 OPENCODE_MODELS_PATH=$OPENCODE_MODELS_PATH sh -c '${OPENCODE} run < say; touch left' >/dev/null 2>&1`,
          ),
          bash(call("comment y yes, go on")),
        ],
      },
      { text: "tried" },
    );
    await served.ask("get round the page");
    const tried = results("get round the page");
    await until(
      "what has left its parents has run",
      async () => await Bun.file(join(rig.sandbox.project, "left")).exists(),
    );
    const told = rig.model.requests.map(({ prompt }) => prompt).filter((prompt) => prompt.startsWith("The user ran"));
    expect(told).toHaveLength(3);
    for (const prompt of told) expect(prompt).toContain("Only the user decides on a plan, on its page");
    const said = await shown(served, session);
    expect(said).toContainEqual(expect.stringContaining("Only the user decides on a plan, on its page."));
    expect(said).toContainEqual(expect.stringContaining("Only the user ends a review, on its page."));
    expect(said).toContainEqual(expect.stringContaining("only the user in the user's name, on its page."));
    expect(await answerOf(served, session, "plan", "comments y")).toContain("There are no comments on y.");
    for (const text of said.filter((each) => each.includes("Only the user"))) expect(text).not.toContain("http");
    const link = linkIn(tried[4]);
    expect(link).not.toBe("");
    expect(tried[4]).toContain("Open the plan");
    for (const answer of [tried[4], tried[5]]) expect(answer).not.toMatch(/set-cookie/i);
    expect(tried[4]).toContain("Only the user opens the plan.");
    expect(await answerOf(served, session, "plan", "status y")).toContain("It waits for your review");
    // The user's click is as good as before.
    const { token } = await followLink(link);
    expect(token).not.toBe("");
    expect((await fetch(link)).status).toBe(403);
  }, 180_000);

  test("what an agent changes after the approval shows, and closes the gate until it is taken back or approved", async () => {
    const session = await newSession(served);
    const write = (name: string) => ({
      tool: "write",
      args: { filePath: join(rig.sandbox.project, name), content: name },
    });
    rig.plan("draw z", draw("z"), { calls: [waitFor("z", { timeoutMs: 5000 })] }, { text: "drawn" });
    await served.ask("draw z", { sessionId: session });
    rig.otherwise(() => ({ text: "told" }));
    await decideOnPage(served, session, "z", "approved");
    await until("the session is told", () =>
      rig.model.requests.some(({ prompt }) =>
        prompt.includes('The plan "z", which you put up for review: the user has approved it.'),
      ),
    );
    rig.plan(
      "work",
      { calls: [update("z", { done: true, x: 300, y: 40 })] },
      { calls: [write("ticked.txt")] },
      { calls: [update("z", { title: "Drop the table" })] },
      { calls: [write("changed.txt"), planAction("get_canvas", "z")] },
      { calls: [bash("touch changed.sh")] },
      { calls: [update("z", { title: "First" })] },
      { calls: [write("back.txt")] },
      { calls: [update("z", { title: "Drop the table" })] },
      { text: "worked" },
    );
    await served.ask("work", { sessionId: session });
    const [, , , changed, canvas = ""] = results("work");
    const isThere = async (name: string) => await Bun.file(join(rig.sandbox.project, name)).exists();
    expect([await isThere("ticked.txt"), await isThere("back.txt")]).toEqual([true, true]);
    expect([await isThere("changed.txt"), await isThere("changed.sh")]).toEqual([!isClosed, !isClosed]);
    if (isClosed)
      expect(changed).toContain(
        'has been changed since the user approved it: element "el_a" updated ("title"). Put it up again',
      );
    const words = "changed since you approved (1)";
    expect(JSON.parse(canvas).review.shownToUser).toContain(words);
    expect(await answerOf(served, session, "plan", "list")).toContain(`z: ${words}`);
    rig.plan("again", { calls: [waitFor("z", { timeoutMs: 5000 })] }, { text: "up again" });
    await served.ask("again", { sessionId: session });
    await decideOnPage(served, session, "z", "approved");
    expect(await answerOf(served, session, "plan", "status z")).not.toContain(words);
  }, 180_000);
});

describe("on a host of its own", () => {
  afterEach(async () => await rig.dispose());

  test("a project that was copied brings no approval along; one click on the page, over a forwarded port, makes it the user's", async () => {
    rig = await createRig({ options: { planOpenBrowser: "never" } });
    const { project } = rig.sandbox;
    const elements = [{ id: "el_1", type: "task", title: "Do it", x: 0, y: 0 }];
    const plan = { schemaVersion: 2, title: "X", elements, connections: [], comments: [], revision: 3 };
    await mkdir(join(project, "plans/x"), { recursive: true });
    await writeFile(join(project, "plans/x/plan.json"), JSON.stringify(plan));
    await writeFile(join(project, "plans/x/meta.json"), await forgedMeta());
    const served = await serve(rig);
    rig = served;
    const session = await newSession(served);
    expect(await answerOf(served, session, "plan", "list")).toContain(`x: ${NOT_YOURS}`);
    const link = new URL(linkIn(await answerOf(served, session, "plan", "open x")));
    const port = Number(link.port);
    const forwarded = createServer((socket) => {
      const far = connect(port, "127.0.0.1");
      socket.pipe(far).pipe(socket);
      for (const end of [socket, far]) end.on("error", () => end.destroy());
    });
    await new Promise<void>((resolve) => forwarded.listen(0, "127.0.0.1", resolve));
    const address = forwarded.address();
    link.port = String(typeof address === "object" ? address?.port : 0);
    const { root, headers } = await followLink(link.href);
    const shownPlan = (await (await fetch(`${root}/api/plans/x`, { headers })).json()) as Answer;
    expect(shownPlan).toMatchObject({ claimed: "approved", meta: { status: "in-progress" } });
    const body = JSON.stringify({ decision: "approved", revision: shownPlan.plan.revision });
    expect((await fetch(`${root}/api/plans/x/decision`, { method: "POST", headers, body })).status).toBe(200);
    forwarded.close();
    expect(await answerOf(served, session, "plan", "status x")).toStartWith('x, "X": approved\nReviewed');
    await cp(join(project, "plans/x"), join(project, "plans/y"), { recursive: true });
    expect(await answerOf(served, session, "plan", "list")).toContain(`y: ${NOT_YOURS}`);
  }, 180_000);

  test("in the terminal UI without a port, and in a run, a command decides; with one, or in a terminal that an agent started, the page does", async () => {
    // Whoever made the project may have brought a command along.
    const config = { command: { sneak: { template: "/plan status x rejected" } } };
    rig = await createRig({ options: { planOpenBrowser: "never" }, config });
    const meta = async () => JSON.parse(await readFile(join(rig.sandbox.project, "plans/x/meta.json"), "utf8"));
    const ui = await startTerminalUi(rig.sandbox);
    ui.submit("/plan new x");
    await until("the plan", () => ui.screen().includes('The plan x, "X", was made'));
    ui.submit("/plan status x approved");
    await until("the decision", () => ui.screen().includes("The plan x is approved now."));
    expect(await meta()).toMatchObject({ status: "approved", review: { state: "decided", decidedBy: "user" } });
    ui.submit("/sneak ");
    await until("the model has read it", () => rig.requestsFor("/plan status x rejected").length > 0);
    expect(await meta()).toMatchObject({ status: "approved" });
    ui.kill("SIGTERM");
    await ui.exited;

    await runOpencode(rig.sandbox, { prompt: "/plan status x changes_requested" });
    expect(await meta()).toMatchObject({ status: "changes_requested" });

    const listening = await startTerminalUi(rig.sandbox, ["--port", "0"]);
    listening.submit("/plan status x rejected");
    await until("the way to the page", () => SENT_TO_PAGE.test(listening.screen()));
    expect(listening.screen()).not.toContain("secret=");
    listening.kill("SIGTERM");
    await listening.exited;

    // As in a tmux that an agent's command started.
    rig.sandbox.environment["BIZAR_SHELL_OF"] = "ses_1";
    const inside = await startTerminalUi(rig.sandbox);
    inside.submit("/plan status x rejected");
    await until("the way to the page", () => SENT_TO_PAGE.test(inside.screen()));
    inside.kill("SIGTERM");
    await inside.exited;
    expect(await meta()).toMatchObject({ status: "changes_requested" });
  }, 180_000);
});

/** A line of the screen may end behind any word, and the sidebar stands beside it. */
const SENT_TO_PAGE = new RegExp(
  "Only the user decides on a plan, on its page".replaceAll(" ", String.raw`[\s\S]{1,150}?`),
);

async function serverUrl({ server }: ServedRig): Promise<string> {
  const { response } = await server.client.session.list();
  return new URL(response.url).origin;
}
