import { expect, test } from "bun:test";
import { CONNECTION, RoutesRig } from "./routes-rig.ts";

test("a key from a process of the same user is traded for the cookie as a link is, once", async () => {
  const rig = new RoutesRig();
  const path = `/plan/one?key=${rig.access.newKey("one")}`;
  const traded = await rig.ask(path);
  const cookie = traded.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect([traded.status, await traded.text()]).toEqual([
    200,
    expect.stringContaining(`content="0; url=${rig.access.path}/plan/one"`),
  ]);
  expect((await rig.ask("/plan/one", { headers: { cookie } })).status).toBe(200);
  expect(rig.asked).toEqual([CONNECTION]);

  const again = await rig.ask(path);
  expect([again.status, again.headers.get("set-cookie")]).toEqual([403, null]);
  expect((await rig.ask(path, { headers: { cookie } })).status).toBe(200);
});

test("another user's process gets nothing for a key, and does not use it up", async () => {
  const rig = new RoutesRig();
  const path = `/plan/one?key=${rig.access.newKey("one")}`;
  rig.isOwnUser = async () => false;
  const refused = await rig.ask(path);
  expect([refused.status, refused.headers.get("set-cookie")]).toEqual([403, null]);
  expect(await refused.text()).toContain("/plan open one");
  rig.isOwnUser = async () => true;
  expect((await rig.ask(path)).status).toBe(200);
});

test("of two that come with a key at once one gets in", async () => {
  const rig = new RoutesRig();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  rig.isOwnUser = async () => await promise;
  const path = `/plan/one?key=${rig.access.newKey("one")}`;
  const both = [rig.ask(path), rig.ask(path)];
  resolve(true);
  const statuses = (await Promise.all(both)).map(({ status }) => status);
  expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 403]);
});

test("a key is good for a minute", async () => {
  const rig = new RoutesRig();
  const [early, late] = [rig.access.newKey("one"), rig.access.newKey("one")];
  rig.now += 60_000;
  expect((await rig.ask(`/plan/one?key=${early}`)).status).toBe(200);
  rig.now += 1;
  expect((await rig.ask(`/plan/one?key=${late}`)).status).toBe(403);
});

test("a key that runs out while its sender is looked up is no longer good", async () => {
  const rig = new RoutesRig();
  rig.isOwnUser = async () => {
    rig.now += 60_001;
    return true;
  };
  expect((await rig.ask(`/plan/one?key=${rig.access.newKey("one")}`)).status).toBe(403);
});

test("a key is no secret, a secret is no key, and neither opens another plan", async () => {
  const rig = new RoutesRig();
  const [key, secret] = [rig.access.newKey("one"), rig.access.newSecret("one")];
  const wrong = [`one?secret=${key}`, `one?key=${secret}`, `two?key=${key}`, "one?key=", `one?key=&secret=${secret}`];
  for (const path of wrong) expect((await rig.ask(`/plan/${path}`)).status).toBe(403);
  // The system's table is read for keys that are good, not for whoever asks.
  expect(rig.asked).toEqual([]);
  expect((await rig.ask(`/plan/one?key=${key}`)).status).toBe(200);
  expect((await rig.click("one", secret)).status).toBe(200);
});

test("a browser that looks ahead does not use a key up", async () => {
  const rig = new RoutesRig();
  const path = `/plan/one?key=${rig.access.newKey("one")}`;
  expect((await rig.ask(path, { headers: { "sec-purpose": "prefetch" } })).status).toBe(403);
  expect((await rig.ask(path)).status).toBe(200);
});
