import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../scripts/scripted-host/sandbox.ts";
import { followLink, type Visitor } from "../canvas/follow-link.ts";
import { runGit } from "../workspace/git-rig.ts";
import { answerOf, newSession, shown } from "./plan-rig.ts";
import {
  bash,
  collectSpawned,
  serveRig,
  spawn,
  spawnedIds,
  until,
  type Answer,
  type Rig,
  type ServedRig,
} from "./rig.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

const LINK = /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/changes\/bgr_\w+\?secret=[\w-]+/g;

/** Does something on the page, without a browser. */
async function decide({ root, headers }: Visitor, id: string, decision: object): Promise<Answer> {
  const api = `${root}/api/changes/${id}`;
  const { changes } = (await (await fetch(api, { headers })).json()) as Answer;
  const body = JSON.stringify({ version: changes.version, ...decision });
  return await fetch(`${api}/decision`, { method: "POST", headers, body });
}

test("with applyChanges user an agent's work goes in only by the user: looked at, sent back, looked at again, applied", async () => {
  const served = await serveRig({ options: { planOpenBrowser: "never", applyChanges: "user" } });
  rig = served;
  const { project, stateDir } = rig.sandbox;
  runGit(["init", "-q", "-b", "main"], project);
  const session = await newSession(served);
  rig.plan("write it", { calls: [bash("echo first > new.txt")] }, { text: "written" });
  rig.otherwise(({ prompt, step }) =>
    prompt.includes("sends it back to you") && step === 0
      ? { calls: [bash("echo second > new.txt")] }
      : { text: "written anew" },
  );
  let id = "";
  const apply = () => ({ calls: [{ tool: "bizar_changes", args: { instanceId: id, action: "apply" } }] });
  const onCommandLine = `BIZAR_STATE_DIR=${stateDir} ${process.execPath} ${join(ROOT, "src/cli/main.ts")} apply`;
  rig.plan(
    "delegate",
    spawn({ agent: "thor", prompt: "write it", isolation: "worktree", backend: "warm" }),
    collectSpawned(),
    (request) => {
      [id = ""] = spawnedIds(request);
      return { calls: [bash(`${onCommandLine} ${id}`), bash(`env -i PATH="$PATH" ${onCommandLine} ${id}`)] };
    },
    apply,
    () => ({ calls: [{ tool: "bizar_collect", args: { instanceId: id } }] }),
    apply,
    { text: "it is in" },
  );
  const asked = served.ask("delegate", { sessionId: session });
  const links = async () => (await shown(served, session)).join("\n").match(LINK) ?? [];
  await until("the user is called", async () => (await links()).length > 0);
  const tried = rig.requestsFor("delegate").at(-1)?.toolResults ?? [];
  expect(tried.filter((text) => text.includes("Only the user applies these changes"))).toHaveLength(2);
  // Whoever reaches this opencode can give it a command.
  expect(await answerOf(served, session, "bizar", `apply ${id}`)).toContain(
    "Only the user applies these changes, on its page",
  );
  expect(existsSync(join(project, "new.txt"))).toBe(false);
  const visitor = await followLink((await links())[0] ?? "");
  const comment = { id: "1", path: "new.txt", side: "new", from: 1, to: 1, quote: ["first"], text: "Say second" };
  expect((await decide(visitor, id, { decision: "send_back", comments: [comment], note: "Close" })).status).toBe(200);
  await until("the user is called again", async () => (await links()).length > 1);
  expect((await decide(visitor, id, { decision: "apply", note: "Thanks" })).status).toBe(200);
  const done = await asked;
  expect(done.text).toBe("it is in");
  expect(done.answers("bizar_changes")).toEqual([
    expect.objectContaining({ instanceId: id, status: "sent_back", note: "Close" }),
    expect.objectContaining({ instanceId: id, status: "applied", note: "Thanks" }),
  ]);
  const sent = rig.model.requests.find(({ prompt }) => prompt.includes("sends it back to you"))?.prompt ?? "";
  expect(sent).toContain('Comment 1, on "new.txt", line 1:\n| first\nsays:\n| Say second');
  expect(await readFile(join(project, "new.txt"), "utf8")).toBe("second\n");
  expect(await answerOf(served, session, "bizar", `review ${id}`)).toContain(`The changes of thor ${id}.`);
  await decideLater(served, session);
}, 240_000);

/** What the user decides when no tool waits any more wakes the session that asked, once. */
async function decideLater(served: ServedRig, session: string): Promise<void> {
  rig.plan("write more", { calls: [bash("echo more > more.txt")] }, { text: "written" });
  let id = "";
  rig.plan(
    "later",
    spawn({ agent: "thor", prompt: "write more", isolation: "worktree" }),
    collectSpawned(),
    (request) => {
      [id = ""] = spawnedIds(request);
      return { calls: [{ tool: "bizar_changes", args: { instanceId: id, action: "apply" } }] };
    },
  );
  const links = async () => (await shown(served, session)).join("\n").match(LINK) ?? [];
  const asked = served.ask("later", { sessionId: session });
  await until("the user is called", async () => (await links()).some((link) => link.includes(id || "none")));
  const parts = [{ type: "text" as const, text: "Not now." }];
  await served.server.client.session.promptAsync({ path: { id: session }, body: { agent: "odin", parts } });
  const done = await asked;
  expect(done.answers("bizar_changes").at(-1)).toMatchObject({ status: "user_message" });
  const told = () => rig.model.requests.filter(({ prompt }) => prompt.includes("which you put up for review"));
  expect(told()).toEqual([]);
  await until("the session is at rest", async () => {
    const { data = {} } = await served.server.client.session.status();
    return Object.keys(data).length === 0;
  });
  const visitor = await followLink((await links()).at(-1) ?? "");
  expect((await decide(visitor, id, { decision: "apply", note: "At last" })).status).toBe(200);
  await until("the session is told", () => told().length > 0);
  expect(told()[0]?.prompt).toContain(`(${id}), which you put up for review: the user has applied them`);
  expect(told()[0]?.prompt).toContain('Note: "At last"');
}
