import { expect, onTestFinished, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanEvent } from "../../../src/canvas/api.ts";
import { startCanvasServer } from "../../../src/canvas/server/canvas-server.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { MemoryLedger } from "../../../src/plans/ledger.ts";
import { createPlans } from "../../../src/plans/file-plans.ts";
import type { Plan } from "../../../src/plans/plan.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { followLink } from "../follow-link.ts";

/** A server over plans on disk, one page that has the plan `trip` open, and another process's view of the plans. */
async function openTrip() {
  const root = temporaryFolder();
  const folder = join(root, "plans");
  mkdirSync(join(root, "page/assets"), { recursive: true });
  writeFileSync(join(root, "page/index.html"), '<meta name="bizar-token" content="">');
  const ledger = new MemoryLedger();
  const [plans, others] = [
    createPlans({ folder, clock: systemClock, ledger }),
    createPlans({ folder, clock: systemClock, ledger }),
  ];
  await plans.create("trip", "blank", "A trip");
  const reports: string[] = [];
  const report = (message: string) => void reports.push(message);
  const server = await startCanvasServer({ plans, assetsFolder: join(root, "page"), report });
  onTestFinished(() => {
    server.close();
    expect(reports).toEqual([]);
  });
  const { root: served, headers } = await followLink(server.link("trip"));
  const api = `${served}/api/plans/trip`;
  const post = async (path: string, body: unknown) =>
    await fetch(`${api}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const file = () => JSON.parse(readFileSync(join(folder, "trip/plan.json"), "utf8")) as Plan;
  return { api, headers, post, file, folder, others };
}

/** Reads events until one is what is waited for. */
async function waitFor(url: string, headers: Readonly<Record<string, string>>, wanted: (event: PlanEvent) => boolean) {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of (await fetch(url, { headers })).body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    const found = events
      .filter((event) => event.startsWith("data: "))
      .map((event) => JSON.parse(event.slice("data: ".length)) as PlanEvent)
      .find(wanted);
    if (found !== undefined) return found;
  }
  return expect.unreachable("The stream ended.");
}

test("what the page does is on disk as a person's, and sent again it is done once", async () => {
  const { post, file } = await openTrip();
  const element = { id: "el_hotel", type: "task", title: "Hotel", content: "", x: 0, y: 0, width: 200, height: 100 };
  const operations = [{ op: "add_element", element }];
  expect((await post("edits", { operations })).status).toBe(200);
  expect((await post("edits", { operations })).status).toBe(200);
  expect(file().elements.filter(({ id }) => id === "el_hotel")).toHaveLength(1);
  expect(file().edits).toEqual([
    expect.objectContaining({ by: { kind: "person", page: true }, change: "added", id: "el_hotel" }),
  ]);
});

test("an operation that makes no sense is refused whole, with the plan as it is", async () => {
  const { post, file } = await openTrip();
  const operations = [
    { op: "set_title", title: "Changed" },
    { op: "update_element", id: "el_nowhere", changes: { title: "x" } },
  ];
  const answer = await post("edits", { operations });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ ok: false, refusal: { reason: "not_found", index: 1 } });
  expect(file().title).toBe("A trip");
});

test.each([
  { op: "add_element" },
  { op: "update_element", id: 7 },
  { op: "add_comment", comment: null },
  { op: "reply_to_comment", commentId: "c_1", reply: [] },
  { op: "set_viewport", viewport: { x: "left" } },
])("%o, which has the wrong form inside, is refused and nothing breaks", async (operation) => {
  const { post, file } = await openTrip();
  const answer = await post("edits", { operations: [operation] });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ ok: false, refusal: { index: 0 } });
  expect(file().revision).toBe(1);
});

test("what an agent in another process does arrives on the page", async () => {
  const { api, headers, others } = await openTrip();
  const arrived = waitFor(`${api}/events`, headers, (event) => event.type === "plan" && event.stored.plan.revision > 1);
  await others.edit("trip", { kind: "agent", name: "thor" }, [{ op: "set_title", title: "Two trips" }]);
  expect(await arrived).toMatchObject({ stored: { plan: { title: "Two trips" } } });
});

test("a plan that is broken by hand is told with its place, and without the machine's paths", async () => {
  const { api, headers, folder } = await openTrip();
  const told = waitFor(`${api}/events`, headers, ({ type }) => type === "problem");
  writeFileSync(join(folder, "trip/plan.json"), '{\n  "title": oops\n}');
  const { problem } = (await told) as Extract<PlanEvent, { type: "problem" }>;
  expect(problem.reason).toBe("broken");
  expect(problem.message).toContain("line 2");
  expect(problem.message).not.toContain(folder);
  expect((await fetch(api, { headers })).status).toBe(422);
});

test("a decision of the page decides the review that an agent asked for", async () => {
  const { post, others } = await openTrip();
  await others.openReview("trip", { sessionId: "ses_1" });
  const read = await others.read("trip");
  const revision = read.ok ? read.value.plan.revision : -1;
  expect((await post("decision", { decision: "approved", note: "Go.", revision })).status).toBe(200);
  expect(await others.read("trip")).toMatchObject({
    value: { meta: { status: "approved", review: { state: "decided", decision: "approved", note: "Go." } } },
  });
});
