import { expect, test } from "bun:test";
import { HTML, RoutesRig } from "./routes-rig.ts";

test("a link asks for a click, which trades it for a strict cookie below the server's own path", async () => {
  const rig = new RoutesRig();
  const secret = rig.access.newSecret("one");
  expect(Buffer.from(secret, "base64url").byteLength).toBe(32);
  expect(Buffer.from(rig.access.path.slice(1), "base64url").byteLength).toBe(16);
  const shown = await rig.ask(`/plan/one?secret=${secret}`);
  expect([shown.status, shown.headers.get("set-cookie")]).toEqual([200, null]);
  expect(await shown.text()).toContain(`<form method="post" action="${rig.access.path}/plan/one">`);
  expect(shown.headers.get("content-security-policy")).toContain("form-action 'self'");

  const traded = await rig.click("one", secret);
  expect(traded.status).toBe(200);
  const [cookie = "", ...attributes] = traded.headers.get("set-cookie")?.split("; ") ?? [];
  expect(cookie).toStartWith(`${rig.access.cookieName}=`);
  expect(attributes).toEqual([`Path=${rig.access.path}/`, "Max-Age=604800", "HttpOnly", "SameSite=Strict"]);
  expect(await traded.text()).toContain(`<meta http-equiv="refresh" content="0; url=${rig.access.path}/plan/one">`);

  const page = await rig.ask("/plan/one", { headers: { cookie } });
  const token = rig.access.tokenOf(cookie.slice(cookie.indexOf("=") + 1));
  expect([page.status, await page.text()]).toEqual([200, HTML.replace('content=""', `content="${token}"`)]);
});

test("what only fetches a link, however often, neither gets in nor uses it up", async () => {
  const rig = new RoutesRig();
  const secret = rig.access.newSecret("one");
  const path = `/plan/one?secret=${secret}`;
  for (const headers of [{}, {}, { "sec-purpose": "prefetch;prerender" }] as Record<string, string>[]) {
    expect((await rig.ask(path, { headers })).headers.get("set-cookie")).toBeNull();
  }
  expect((await rig.ask(path, { method: "HEAD" })).status).toBe(405);
  expect((await rig.click("one", secret)).headers.get("set-cookie")).not.toBeNull();
});

test("a link is good once; the browser that used it goes on, another one is told how to get a new link", async () => {
  const rig = new RoutesRig();
  const secret = rig.access.newSecret("one");
  const path = `/plan/one?secret=${secret}`;
  const cookie = (await rig.click("one", secret)).headers.get("set-cookie")?.split(";")[0] ?? "";
  for (const other of [await rig.ask(path), await rig.click("one", secret)]) {
    expect([other.status, other.headers.get("set-cookie")]).toEqual([403, null]);
    expect(await other.text()).toContain("/plan open one");
  }
  const same = await rig.ask(path, { headers: { cookie } });
  expect([same.status, same.headers.get("set-cookie")]).toEqual([200, null]);
  expect(await same.text()).toContain(`url=${rig.access.path}/plan/one`);
});

test("a link that nobody has used is good for ten minutes", async () => {
  const rig = new RoutesRig();
  const [early, late] = [rig.access.newSecret("one"), rig.access.newSecret("one")];
  rig.now += 10 * 60_000;
  expect((await rig.click("one", early)).status).toBe(200);
  rig.now += 1;
  expect((await rig.click("one", late)).status).toBe(403);
  expect((await rig.ask(`/plan/one?secret=${late}`)).status).toBe(403);
});

test("a click of another site's page, or of no page, trades nothing", async () => {
  const rig = new RoutesRig();
  const secret = rig.access.newSecret("one");
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:9"]) {
    expect((await rig.click("one", secret, "", { origin })).status).toBe(403);
  }
  const json = { "content-type": "application/json" };
  expect((await rig.click("one", secret, "", json)).headers.get("set-cookie")).toBeNull();
  expect((await rig.click("one", secret)).status).toBe(200);
});

test("a program that an agent started trades neither link nor key, and decides nothing with the cookie and the token", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  const [secret, key] = [rig.access.newSecret("one"), rig.access.newKey("one")];
  rig.act = { by: "agent", why: "The program that asks was started by a command of the session ses_1." };
  expect(await (await rig.click("one", secret)).json()).toEqual({
    error: "The program that asks was started by a command of the session ses_1. Only the user opens the plan.",
  });
  expect((await rig.ask(`/plan/one?key=${key}`)).status).toBe(403);
  const decision = { decision: "approved", revision: 1 };
  expect((await rig.post("/api/plans/one/decision", cookie, decision)).status).toBe(403);
  rig.act = { by: "person" };
  // They are as good as they were.
  expect((await rig.click("one", secret)).status).toBe(200);
  expect((await rig.ask(`/plan/one?key=${key}`)).status).toBe(200);
});

test("the cookie without the page's token changes nothing", async () => {
  const rig = new RoutesRig();
  const [cookie, other] = [await rig.visit("one"), await rig.visit("one")];
  const foreign = rig.access.tokenOf(other.slice(other.indexOf("=") + 1));
  for (const token of ["", "x", foreign]) {
    const headers = { "x-bizar-token": token };
    const edit = { operations: [{ op: "set_title", title: "x" }] };
    expect((await rig.post("/api/plans/one/edits", cookie, edit, headers)).status).toBe(403);
    const decision = { decision: "approved", revision: 1 };
    expect((await rig.post("/api/plans/one/decision", cookie, decision, headers)).status).toBe(403);
  }
  expect(rig.plans.edits).toEqual([]);
  expect(await rig.plans.read("one")).toMatchObject({ value: { meta: { status: "draft" } } });
});

test("nothing of a plan is at another path than the server's own", async () => {
  const [rig, other] = [new RoutesRig(), new RoutesRig()];
  const cookie = await rig.visit("one");
  for (const base of ["", other.access.path, "/x"]) {
    for (const path of ["/plan/one", "/api/plans/one"]) {
      // A slash more keeps the rig from putting its own path before it.
      const response = await rig.ask(base === "" ? `/./${path}` : `${base}${path}`, { headers: { cookie } });
      expect([200, 403]).not.toContain(response.status);
    }
  }
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
  expect((await rig.click("two", secret)).status).toBe(403);
  expect((await rig.click("one", secret)).status).toBe(200);
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
    expect((await rig.post("/api/plans/one/decision", cookie, { decision: "approved", revision: 1 })).status).toBe(403);
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
