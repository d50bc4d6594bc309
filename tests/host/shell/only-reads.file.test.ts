import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onlyReads, readReadingCommands, type ReadingCommand } from "../../../src/host/shell/only-reads.ts";
import hostile from "../../fixtures/hostile-shell-lines.json";
import { NOT_ONLY_READING, READING, type ShellLine } from "../../fixtures/shell-lines.ts";
import { ThrowAwayFolder } from "./throw-away-folder.ts";

const attacks: readonly (ShellLine & { readonly may: boolean })[] = hostile;
const passing = [...READING, ...attacks.filter(({ may }) => may)];
const refused = [...NOT_ONLY_READING, ...attacks.filter(({ may }) => !may)];

let root: string;
let folder: ThrowAwayFolder;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bizar-lines-"));
  folder = new ThrowAwayFolder(root);
});
afterAll(async () => await rm(root, { recursive: true, force: true }));

describe("a line that only reads passes, and run it changes nothing and starts nothing", () => {
  for (const { line, setUp } of passing) {
    test(named(line, setUp), async () => {
      const commands = await readReadingCommands(line);
      expect(commands).toBeArray();
      expect(await folder.runReading(line, setUp, commands as readonly ReadingCommand[])).toEqual([]);
    });
  }
});

describe("a line that may do more is refused", () => {
  for (const { line, setUp } of refused) {
    test(named(line, setUp), async () => expect(await onlyReads(line)).toBe(false));
  }
});

describe("what does more is seen in the folder where nothing is in its way", () => {
  // A sample of what needs no set-up: each of them was seen to, once.
  const cases: (readonly [string, ShellLine])[] = [...passing, ...refused]
    .filter(({ shows, setUp }, index) => shows === true && (setUp !== undefined || index % 4 === 0))
    .map((each) => [named(each.line, each.setUp), each]);
  test.each(cases)("%s", async (_, { line, setUp }) => {
    const changed = await folder.run(line, setUp);
    expect(changed.filter((name) => name.includes("pwn"))).not.toEqual([]);
  });
});

test("there are more than 150 lines", () => expect(passing.length + refused.length).toBeGreaterThan(150));

describe("the word that is refused is named, and why", () => {
  const cases: [line: string, word: string, why: string][] = [
    ["cat a.txt | xargs rm", "xargs", "none of them"],
    ["git push origin", "git push", "none of them"],
    ["uniq a b", "b", "uniq writes"],
    ["tree -o x", "-o", "may write"],
    ["sort --compress-program=x a", "--compress-program=x", "may write"],
    ["sed -n 'w x' a", "w x", "more than a script that prints"],
    ["sed -i p a", "-i", "may have sed write"],
    ["find . -exec rm {} +", "-exec", "does something with what is found"],
    ["git diff *", "*", "may become an option"],
    ["cat a > b", "> b", "sends output into a file"],
    ["ls $X", "$X", "is a variable"],
    ["X=1 ls", "X=1", "sets a variable"],
    ["ls $(rm a)", "$(rm a)", "may run another command"],
    ["(ls)", "(ls)", "is a group"],
    ["sleep 1 &", "sleep 1", "in the background"],
    ["cat 'a", "'a", "cannot be read"],
    ["cat < /dev/tcp/a/1", "< /dev/tcp/a/1", "is a connection"],
  ];
  test.each(cases)("%s", async (line, word, why) => {
    expect(await readReadingCommands(line)).toEqual({
      word: expect.stringContaining(word),
      why: expect.stringContaining(why),
    });
  });
});

function named(line: string, setUp: string | undefined): string {
  return setUp === undefined ? JSON.stringify(line) : `${JSON.stringify(line)}, with ${setUp}`;
}
