import { expect, test } from "bun:test";
import { HTML, RoutesRig } from "./routes-rig.ts";

test("a link is traded for a strict cookie, and the page goes on without the secret in its address", async () => {
  const rig = new RoutesRig();
  const secret = rig.access.newSecret("one");
  expect(Buffer.from(secret, "base64url").byteLength).toBe(32);
  const traded = await rig.ask(`/plan/one?secret=${secret}`);
  expect(traded.status).toBe(200);
  const [cookie = "", ...attributes] = traded.headers.get("set-cookie")?.split("; ") ?? [];
  expect(cookie).toStartWith(`${rig.access.cookieName}=`);
  expect(attributes).toEqual(["Path=/", "Max-Age=604800", "HttpOnly", "SameSite=Strict"]);
  expect(await traded.text()).toContain('<meta http-equiv="refresh" content="0; url=/plan/one">');

  const page = await rig.ask("/plan/one", { headers: { cookie } });
  expect([page.status, await page.text()]).toEqual([200, HTML]);
});

test("a link is good once; the browser that used it goes on, another one is told how to get a new link", async () => {
  const rig = new RoutesRig();
  const path = `/plan/one?secret=${rig.access.newSecret("one")}`;
  const cookie = (await rig.ask(path)).headers.get("set-cookie")?.split(";")[0] ?? "";
  const other = await rig.ask(path);
  expect([other.status, other.headers.get("set-cookie")]).toEqual([403, null]);
  expect(await other.text()).toContain("/plan open one");
  const same = await rig.ask(path, { headers: { cookie } });
  expect([same.status, same.headers.get("set-cookie")]).toEqual([200, null]);
  expect(await same.text()).toContain("url=/plan/one");
});

test("a link that nobody has used is good for 12 hours", async () => {
  const rig = new RoutesRig();
  const [early, late] = [rig.access.newSecret("one"), rig.access.newSecret("one")];
  rig.now += 12 * 3_600_000;
  expect((await rig.ask(`/plan/one?secret=${early}`)).status).toBe(200);
  rig.now += 1;
  expect((await rig.ask(`/plan/one?secret=${late}`)).status).toBe(403);
});

test("a browser that looks ahead does not use the link up, nor does a HEAD request", async () => {
  const rig = new RoutesRig();
  const path = `/plan/one?secret=${rig.access.newSecret("one")}`;
  expect((await rig.ask(path, { headers: { "sec-purpose": "prefetch;prerender" } })).status).toBe(403);
  expect((await rig.ask(path, { method: "HEAD" })).status).toBe(405);
  expect((await rig.ask(path)).status).toBe(200);
});

test.each([
  ["no secret", ""],
  ["an empty secret", "?secret="],
  ["a secret that never was", `?secret=${Buffer.alloc(32).toString("base64url")}`],
])("with %s there is no page", async (_what, query) => {
  const rig = new RoutesRig();
  const page = await rig.ask(`/plan/one${query}`);
  expect([page.status, page.headers.get("set-cookie")]).toEqual([403, null]);
  expect(await page.text()).not.toContain(HTML);
});

test("a secret opens its own plan only, and is not used up by the try at another", async () => {
  const rig = new RoutesRig();
  const secret = rig.access.newSecret("one");
  expect((await rig.ask(`/plan/two?secret=${secret}`)).status).toBe(403);
  expect((await rig.ask(`/plan/one?secret=${secret}`)).status).toBe(200);
});

const OF_A_PLAN = ["/plan/one", "/api/plans/one", "/api/plans/one/events", "/api/plans/one/export"];

test.each(OF_A_PLAN)("the cookie of another plan does not open %s", async (path) => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("two");
  expect((await rig.ask(path, { headers: { cookie } })).status).toBe(403);
  expect((await rig.post("/api/plans/one/edits", cookie, { operations: [] })).status).toBe(403);
});

test.each(OF_A_PLAN)("neither no cookie nor that of another server opens %s", async (path) => {
  const rig = new RoutesRig();
  const foreign = await new RoutesRig().visit("one");
  const renamed = foreign.replace(/^[^=]*/, rig.access.cookieName);
  for (const cookie of ["", foreign, renamed, `${rig.access.cookieName}=`]) {
    expect((await rig.ask(path, { headers: { cookie } })).status).toBe(403);
    expect((await rig.post("/api/plans/one/decision", cookie, { decision: "approved" })).status).toBe(403);
  }
  expect((await rig.plans.read("one")) as unknown).toMatchObject({ value: { meta: { status: "draft" } } });
});

test("a browser that opens a second plan has both, with the cookie that it has", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  expect(await rig.visit("two", cookie)).toBe(cookie);
  for (const slug of ["one", "two"]) {
    expect((await rig.ask(`/api/plans/${slug}`, { headers: { cookie } })).status).toBe(200);
  }
});

test("a link to a plan can be made again and again; the latest hundred are remembered", async () => {
  const rig = new RoutesRig();
  const [first = "", second = ""] = Array.from({ length: 101 }, () => rig.access.newSecret("one"));
  expect((await rig.ask(`/plan/one?secret=${first}`)).status).toBe(403);
  expect((await rig.ask(`/plan/one?secret=${second}`)).status).toBe(200);
});
