import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPageFiles } from "../../../src/canvas/server/page-files.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { RoutesRig } from "./routes-rig.ts";

test.each([
  "/plan/..",
  "/plan/../one",
  "/plan/%2e%2e",
  "/plan/%2e%2e%2fone",
  "/plan/one%2f..%2ftwo",
  "/plan/one/..",
  "/plan/..%5cone",
  "/plan/one%00",
  "/plan/ONE",
  "/plan/-one",
  "/plan/",
  "/plan",
  `/plan/${"a".repeat(65)}`,
  "/plan/%",
  "/plan/__proto__",
  "/",
  "//plan/one",
])("%s is no plan's page, with every cookie", async (path) => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one", await rig.visit("two"));
  const response = await rig.ask(path, { headers: { cookie } });
  expect([403, 404]).toContain(response.status);
  const text = await response.text();
  expect(text).not.toContain("<title>the page");
});

test.each([
  "/api/plans/..",
  "/api/plans/%2e%2e%2fone",
  "/api/plans/one%2f..%2ftwo",
  "/api/plans/one/../two",
  "/api/plans/__proto__",
  "/api/plans/constructor/events",
  "/api/plans/one/%2e%2e%2fevents",
  "/api/plans",
  "/api/plans/",
  "/api",
])("%s leads to no plan but those that the cookie opens", async (path) => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  const response = await rig.ask(path, { headers: { cookie } });
  expect([403, 404]).toContain(response.status);
});

test.each([
  "../index.html",
  "%2e%2e%2findex.html",
  "..%2f..%2fsecret.js",
  "%2e%2e/secret.js",
  "..%5csecret.js",
  "secret.js%00.js",
  "notes.txt",
  "nested",
  "nested%2finner.js",
  "__proto__",
  "toString",
  "%",
  "",
])("the asset %p is not served", async (name) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "page/assets/nested"), { recursive: true });
  for (const path of [
    "secret.js",
    "page/index.html",
    "page/assets/main.js",
    "page/assets/notes.txt",
    "page/assets/nested/inner.js",
  ]) {
    writeFileSync(join(folder, path), "content");
  }
  const page = await readPageFiles(join(folder, "page"));
  expect(await page.asset(decodeOrKeep(name))).toBeUndefined();
  expect((await page.asset("main.js"))?.type).toBe("text/javascript; charset=utf-8");
  const served = await new RoutesRig().ask(`/assets/${name}`);
  expect([403, 404]).toContain(served.status);
});

function decodeOrKeep(name: string): string {
  return name === "%" ? name : decodeURIComponent(name);
}

test("a page that is not built is an error that says what to run", async () => {
  const folder = temporaryFolder();
  expect(readPageFiles(join(folder, "nothing"))).rejects.toThrow("bun run build");
});

test("what goes wrong with a plan is told without the machine's paths", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("three");
  const answers = [
    await rig.ask("/api/plans/three", { headers: { cookie } }),
    await rig.post("/api/plans/three/edits", cookie, { operations: [{ op: "set_title", title: "x" }] }),
    await rig.post("/api/plans/three/decision", cookie, { decision: "approved", revision: 1 }),
  ];
  for (const answer of answers) {
    expect(answer.status).toBe(404);
    const error = "There is no plans/three.";
    expect(await answer.json()).toEqual({ error, problem: { reason: "not_found", message: error } });
  }
});

test("a store that throws is reported, and the page learns no more than that", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  rig.plans.nextEdit = () => {
    throw new Error("/home/somebody/secret");
  };
  const answer = await rig.post("/api/plans/one/edits", cookie, { operations: [{ op: "set_title", title: "x" }] });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("somebody");
  expect(rig.reports).toHaveLength(1);
});

test("the page's files may be kept by the browser, for their names change with them; nothing else may", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  const asset = await rig.ask("/assets/main-abc.js");
  expect([asset.headers.get("content-type"), await asset.text()]).toEqual(["text/javascript; charset=utf-8", "run()"]);
  expect(asset.headers.get("cache-control")).toContain("immutable");
  for (const path of ["/plan/one", "/api/plans/one", "/api/plans/two", "/plan/two", "/nowhere"]) {
    expect((await rig.ask(path, { headers: { cookie } })).headers.get("cache-control")).toBe("no-store");
  }
});

test.each([
  ["GET", "/plan/one"],
  ["GET", "/plan/two"],
  ["GET", "/plan/one?secret=x"],
  ["GET", "/plan/.."],
  ["GET", "/assets/main-abc.js"],
  ["GET", "/assets/none.js"],
  ["GET", "/api/plans/one"],
  ["GET", "/api/plans/two"],
  ["GET", "/api/plans/one/events"],
  ["GET", "/api/plans/one/export"],
  ["POST", "/api/plans/one/edits"],
  ["PUT", "/"],
])("the answer to %s %s keeps a browser from doing harm with it", async (method, path) => {
  const rig = new RoutesRig();
  const { headers } = await rig.ask(path, { method, headers: { cookie: await rig.visit("one") } });
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
});

test("the frame in which diagrams are drawn has no origin, reaches nothing, and is only in a page of ours", async () => {
  const { status, headers } = await new RoutesRig().ask("/assets/drawing-abc.html");
  expect(status).toBe(200);
  const policy = headers.get("content-security-policy")?.split("; ");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("sandbox allow-scripts");
  expect(policy).toContain("frame-ancestors 'self'");
  expect(policy?.join(" ")).not.toContain("connect-src");
});
