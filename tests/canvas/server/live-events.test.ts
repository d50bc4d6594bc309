import { expect, test } from "bun:test";
import type { PlanEvent } from "../../../src/canvas/api.ts";
import { RoutesRig } from "./routes-rig.ts";

const EVENTS = "/api/plans/one/events";

/** Reads a stream of events as they come. */
class Page {
  readonly #reader: { read(): Promise<{ value?: Uint8Array | undefined }>; cancel(): Promise<void> };

  constructor(response: Response) {
    if (response.body === null) throw new Error("no stream");
    this.#reader = response.body.getReader();
  }

  /** The next thing that is sent. */
  async raw(): Promise<string | undefined> {
    const { value } = await this.#reader.read();
    return value === undefined ? undefined : new TextDecoder().decode(value);
  }

  async event(): Promise<PlanEvent> {
    const text = (await this.raw()) ?? "";
    expect(text).toStartWith("data: ");
    expect(text).toEndWith("\n\n");
    return JSON.parse(text.slice("data: ".length)) as PlanEvent;
  }

  /** The next event, whatever heartbeats come before it. */
  async news(): Promise<PlanEvent> {
    for (;;) {
      const found = /data: (?<json>.*)/.exec((await this.raw()) ?? "data: {}");
      if (found?.groups !== undefined) return JSON.parse(found.groups["json"] ?? "") as PlanEvent;
    }
  }

  async title(): Promise<string> {
    const event = await this.event();
    return event.type === "plan" ? event.stored.plan.title : event.type;
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

async function openPage(rig: RoutesRig): Promise<Page> {
  const response = await rig.ask(EVENTS, { headers: { cookie: await rig.visit("one") } });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  return new Page(response);
}

test("a page is told the plan at once, and again after each change by whomever", async () => {
  const rig = new RoutesRig();
  const page = await openPage(rig);
  expect(await page.event()).toMatchObject({
    type: "plan",
    stored: { slug: "one", plan: { title: "one", revision: 1 } },
  });
  rig.plans.retitle("one", "the agent's");
  expect(await page.title()).toBe("the agent's");
  await rig.post("/api/plans/one/edits", await rig.visit("one"), { operations: [{ op: "set_title", title: "mine" }] });
  expect(await page.title()).toBe("mine");
});

test("a plan that cannot be read any more is told as a problem, without the machine's paths", async () => {
  const rig = new RoutesRig();
  const page = await openPage(rig);
  await page.event();
  const message = `${rig.plans.folder}/one/plan.json, line 3, column 7: expected a comma.`;
  rig.plans.change("one", { ok: false, problem: { reason: "broken", message } });
  expect(await page.event()).toEqual({
    type: "problem",
    problem: { reason: "broken", message: "plans/one/plan.json, line 3, column 7: expected a comma." },
  });
});

test("two pages share one watch, are told the same, and the later one at once", async () => {
  const rig = new RoutesRig();
  const first = await openPage(rig);
  await first.event();
  rig.plans.retitle("one", "second");
  const second = await openPage(rig);
  expect(await Promise.all([first.title(), second.title()])).toEqual(["second", "second"]);
  rig.plans.retitle("one", "third");
  expect(await Promise.all([first.title(), second.title()])).toEqual(["third", "third"]);
  expect([rig.plans.watchers("one"), rig.streams.viewers("one")]).toEqual([1, 2]);
});

test("while a page does not read, only the latest state waits for it", async () => {
  const rig = new RoutesRig();
  const page = await openPage(rig);
  await page.event();
  for (let count = 1; count <= 1000; count += 1) rig.plans.retitle("one", `state ${count}`);
  expect(await page.title()).toBe("state 1000");
  rig.plans.retitle("one", "after it");
  expect(await page.title()).toBe("after it");
});

test("a heartbeat is sent in between, never in the place of a state, and only while somebody is there", async () => {
  const rig = new RoutesRig();
  expect(rig.beats.size).toBe(0);
  const page = await openPage(rig);
  await page.event();
  expect(rig.beats.size).toBe(1);
  const [beat] = rig.beats;
  const next = page.raw();
  beat?.();
  expect(await next).toBe(":\n\n");
  for (let count = 0; count < 3; count += 1) beat?.();
  rig.plans.retitle("one", "news");
  beat?.();
  expect(await page.title()).toBe("news");
  await page.leave();
  expect(rig.beats.size).toBe(0);
});

test("the watch ends with the last page, and a new page starts it again", async () => {
  const rig = new RoutesRig();
  const [first, second] = [await openPage(rig), await openPage(rig)];
  await first.leave();
  expect([rig.plans.watchers("one"), rig.streams.viewers("one")]).toEqual([1, 1]);
  await second.leave();
  expect([rig.plans.watchers("one"), rig.streams.viewers("one")]).toEqual([0, 0]);
  rig.plans.retitle("one", "meanwhile");
  const third = await openPage(rig);
  expect(await third.title()).toBe("meanwhile");
});

test("twenty pages may follow a plan; one that goes makes room", async () => {
  const rig = new RoutesRig();
  const [first] = await Promise.all(Array.from({ length: 20 }, () => openPage(rig)));
  const cookie = await rig.visit("one");
  expect((await rig.ask(EVENTS, { headers: { cookie } })).status).toBe(429);
  await first?.leave();
  expect((await rig.ask(EVENTS, { headers: { cookie } })).status).toBe(200);
});

test("closing ends every stream, watch and heartbeat", async () => {
  const rig = new RoutesRig();
  const [read, unread] = [await openPage(rig), await openPage(rig)];
  await read.event();
  const waiting = read.raw();
  rig.streams.close();
  expect(await waiting).toBeUndefined();
  expect(await unread.raw()).toBeUndefined();
  expect([rig.plans.watchers("one"), rig.streams.viewers("one"), rig.beats.size]).toEqual([0, 0, 0]);
});

test("who works on the plan is told where anybody does, after each change, and to a page that comes later", async () => {
  const rig = new RoutesRig({}, true);
  const page = await openPage(rig);
  expect(await page.title()).toBe("one");
  const agent = { elementId: "el_1", instanceId: "bgr_1", agent: "thor", status: "running" } as const;
  rig.agents = [agent];
  for (const beat of rig.beats) beat();
  expect(await page.news()).toEqual({ type: "agents", agents: [agent] });
  for (const beat of rig.beats) beat();
  rig.agents = [];
  for (const beat of rig.beats) beat();
  expect(await page.news()).toEqual({ type: "agents", agents: [] });
  rig.agents = [agent];
  for (const beat of rig.beats) beat();
  expect(await page.news()).toEqual({ type: "agents", agents: [agent] });
  const later = await openPage(rig);
  expect(await later.title()).toBe("one");
  expect(await later.news()).toEqual({ type: "agents", agents: [agent] });
  await page.leave();
  await later.leave();
  expect(rig.beats.size).toBe(0);
});
