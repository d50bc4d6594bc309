import { expect, test } from "bun:test";
import { fitsPattern } from "../../src/opencode/wildcard.ts";

test.each([
  ["git push", "git push *", true],
  ["git push origin main", "git push *", true],
  ["git pushx", "git push *", false],
  ["git push", "git *", true],
  ["rm -rf (a)", "rm -rf (a)", true],
  ["rm -rf xay", "rm -rf (a)", false],
  ["a.b", "a?b", true],
  ["a\nb", "a*", true],
  ["anything", "*", true],
  ["/etc/hosts", "/etc/*", true],
  ["x/etc/hosts", "/etc/*", false],
])("%j, %j: %p", (text, pattern, fits) => expect(fitsPattern(text, pattern)).toBe(fits));
