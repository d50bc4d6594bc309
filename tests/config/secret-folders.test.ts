import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretFolderOf } from "../../src/config/secret-folders.ts";

let root: string;
let home: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bizar-secret-"));
  home = join(root, "home");
  await mkdir(join(home, ".ssh"), { recursive: true });
  await mkdir(join(home, "work"));
  await mkdir(join(root, "vault"));
  // ~/.gnupg is itself a link: what it points to is as secret.
  await symlink(join(root, "vault"), join(home, ".gnupg"));
  await symlink(join(home, ".ssh"), join(home, "work", "innocent"));
  await symlink(home, join(root, "also-home"));
  // Links whose end is not there yet: making the folder they point to would complete them.
  await symlink(join(home, ".aws", "bizar"), join(home, "work", "dangling"));
  await symlink("dangling", join(home, "work", "dangling-twice"));
  await symlink("round", join(home, "work", "round"));
});

afterAll(async () => await rm(root, { recursive: true }));

describe("a folder at or under one with credentials is refused", () => {
  const cases: [what: string, path: string, secret: string][] = [
    ["the folder itself", "home/.ssh", ".ssh"],
    ["below it, not made yet", "home/.ssh/bizar/deep", ".ssh"],
    ["a secret folder that does not exist", "home/.aws", ".aws"],
    ["below a secret folder that does not exist", "home/.kube/cache/bizar", ".kube"],
    ["through a link", "home/work/innocent", ".ssh"],
    ["below a link, not made yet", "home/work/innocent/bizar/bg", ".ssh"],
    ["through a link to what is not there yet", "home/work/dangling", ".aws"],
    ["below two such links", "home/work/dangling-twice/bg", ".aws"],
    ["through a link to the home", "also-home/.ssh", ".ssh"],
    ["what a linked secret folder points to", "vault/bizar", ".gnupg"],
    ["the linked secret folder by its own name", "home/.gnupg/bizar", ".gnupg"],
  ];
  for (const [what, path, secret] of cases) {
    test(what, () => expect(secretFolderOf(join(root, path), home)).toBe(join(home, secret)));
  }
});

describe("any other folder is fine", () => {
  for (const path of [
    "home",
    "home/.sshd",
    "home/work",
    "home/.cache/bizar",
    "elsewhere/.ssh",
    "home/work/.ssh",
    "home/work/round",
  ]) {
    test(path, () => expect(secretFolderOf(join(root, path), home)).toBeUndefined());
  }
});
