import { expect, test } from "bun:test";
import { HOST, RoutesRig } from "./routes-rig.ts";

const edit = { operations: [{ op: "set_title", title: "changed" }] };

test.each([
  "evil.example",
  "evil.example:4100",
  "127.0.0.1.evil.example",
  "localhost.evil.example:80",
  "127.0.0.1:4100@evil",
  "10.0.0.1",
  "",
])("what was sent to the host %p is refused, cookie or not", async (host) => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  for (const path of [
    "/plan/one",
    `/plan/one?secret=${rig.access.newSecret("one")}`,
    "/api/plans/one",
    "/assets/main-abc.js",
  ]) {
    expect((await rig.ask(path, { headers: { host, cookie } })).status).toBe(421);
  }
  const origin = `http://${host}`;
  expect((await rig.post("/api/plans/one/edits", cookie, edit, { host, origin })).status).toBe(421);
  expect(rig.plans.edits).toEqual([]);
});

test.each(["127.0.0.1:4100", "localhost:9000", "LOCALHOST", "[::1]:4100", "127.0.0.1"])(
  "the loopback name %p is served: a forwarded port is another one than the server's",
  async (host) => {
    const rig = new RoutesRig();
    const cookie = await rig.visit("one");
    expect((await rig.ask("/api/plans/one", { headers: { host, cookie } })).status).toBe(200);
    const headers = { host, origin: `https://${host}` };
    expect((await rig.post("/api/plans/one/edits", cookie, edit, headers)).status).toBe(200);
  },
);

test.each([
  "http://evil.example",
  "http://127.0.0.1:9999",
  "http://localhost:4100",
  "null",
  "",
  `http://${HOST}.evil.example`,
])("a post of a page of the origin %p is refused, and changes nothing", async (origin) => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  expect((await rig.post("/api/plans/one/edits", cookie, edit, { origin })).status).toBe(403);
  const decision = { decision: "approved" };
  expect((await rig.post("/api/plans/one/decision", cookie, decision, { origin })).status).toBe(403);
  expect(rig.plans.edits).toEqual([]);
  expect((await rig.plans.read("one")) as unknown).toMatchObject({ value: { meta: { status: "draft" } } });
});

test("a post that says no origin is refused", async () => {
  const rig = new RoutesRig();
  const headers = { cookie: await rig.visit("one"), "content-type": "application/json" };
  const post = { method: "POST", headers, body: JSON.stringify(edit) };
  expect((await rig.ask("/api/plans/one/edits", post)).status).toBe(403);
  expect(rig.plans.edits).toEqual([]);
});

test.each(["cross-site", "same-site"])(
  "what a browser calls %s reaches neither the plan nor the page's files",
  async (site) => {
    const rig = new RoutesRig();
    const headers = { cookie: await rig.visit("one"), "sec-fetch-site": site };
    for (const path of ["/api/plans/one", "/api/plans/one/events", "/assets/main-abc.js"]) {
      expect((await rig.ask(path, { headers })).status).toBe(403);
    }
    const post = await rig.post("/api/plans/one/edits", headers.cookie, edit, { "sec-fetch-site": site });
    expect(post.status).toBe(403);
    expect(rig.streams.viewers("one")).toBe(0);
  },
);

test("a link from elsewhere opens the page", async () => {
  const rig = new RoutesRig();
  const headers = { "sec-fetch-site": "cross-site" };
  expect((await rig.ask(`/plan/one?secret=${rig.access.newSecret("one")}`, { headers })).status).toBe(200);
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "application/jsonp",
  "",
])("a body that is announced as %p is not read", async (type) => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  const response = await rig.post("/api/plans/one/edits", cookie, edit, { "content-type": type });
  expect(response.status).toBe(415);
  expect(rig.plans.edits).toEqual([]);
});

test.each([
  ["DELETE", "/api/plans/one", "GET"],
  ["PUT", "/api/plans/one/edits", "POST"],
  ["GET", "/api/plans/one/edits", "POST"],
  ["GET", "/api/plans/one/decision", "POST"],
  ["POST", "/api/plans/one", "GET"],
  ["PUT", "/plan/one", "GET, POST"],
  ["POST", "/assets/main-abc.js", "GET"],
  ["OPTIONS", "/api/plans/one/edits", "POST"],
  ["HEAD", "/api/plans/one", "GET"],
])("%s %s is not done", async (method, path, allowed) => {
  const rig = new RoutesRig();
  const headers = { cookie: await rig.visit("one"), origin: `http://${HOST}` };
  const response = await rig.ask(path, { method, headers });
  expect([response.status, response.headers.get("allow")]).toEqual([405, allowed]);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
});
