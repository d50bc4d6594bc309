import { afterEach, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ForwardingFiles } from "../../../src/canvas/server/forwarding-files.ts";

const LINK = "http://127.0.0.1:1/plan/one?secret=abc";
const timers = new Map<() => void, number>();
const reports: string[] = [];
const files = () =>
  new ForwardingFiles(
    (delayMs, callback) => {
      timers.set(callback, delayMs);
      return () => void timers.delete(callback);
    },
    (message) => void reports.push(message),
  );
afterEach(() => {
  expect([timers.size, reports]).toEqual([0, []]);
});

test("a file goes on to its link, and nobody but its user can read it or its folder", async () => {
  const all = files();
  const path = fileURLToPath(await all.write(60_000, () => LINK));
  expect(readFileSync(path, "utf8")).toContain(`<meta http-equiv="refresh" content="0; url=${LINK}">`);
  expect([statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777]).toEqual([0o600, 0o700]);
  all.close();
});

test("a file is removed with its folder when its link was used", async () => {
  let use: (() => void) | undefined;
  const path = fileURLToPath(
    await files().write(60_000, (used) => {
      use = used;
      return LINK;
    }),
  );
  use?.();
  expect(existsSync(dirname(path))).toBe(false);
  use?.();
});

test("a file whose link nobody used is removed after its time", async () => {
  const path = fileURLToPath(await files().write(60_000, () => LINK));
  const [[callback, delayMs] = [() => {}, 0]] = timers;
  expect(delayMs).toBe(60_000);
  callback();
  expect(existsSync(dirname(path))).toBe(false);
});

test("closing removes every file at once, and one that is being written is not left behind", async () => {
  const all = files();
  const paths = (await Promise.all([all.write(1, () => LINK), all.write(1, () => LINK)])).map((url) =>
    fileURLToPath(url),
  );
  const links: string[] = [];
  const writing = all.write(1, () => {
    all.close();
    links.push(LINK);
    return LINK;
  });
  expect(writing).rejects.toThrow();
  await writing.catch(() => undefined);
  expect(links).toEqual([LINK]);
  expect(paths.map((path) => existsSync(dirname(path)))).toEqual([false, false]);
});
