import { cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environmentFor } from "../../../src/host/shell/reading-shell.ts";
import type { ReadingCommand } from "../../../src/host/shell/only-reads.ts";

/** What is in the folder beside its own files, one of each. */
export const SET_UPS: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  "file --output=pwn": async (folder) => await writeFile(join(folder, "--output=pwn"), ""),
  "file -C": async (folder) => await writeFile(join(folder, "-C"), ""),
  "file -i": async (folder) => await writeFile(join(folder, "-i"), ""),
  "file -opwn": async (folder) => await writeFile(join(folder, "-opwn"), ""),
  "file -delete": async (folder) => await writeFile(join(folder, "-delete"), ""),
  "file --pre=./evil.sh": async (folder) => {
    await mkdir(join(folder, "--pre=."));
  },
  "folder --output=. with a file pwn": async (folder) => {
    await mkdir(join(folder, "--output=."));
    await writeFile(join(folder, "--output=.", "pwn"), "");
  },
  "nested: fsmonitor": nested(["core.fsmonitor", 'touch "$PWN"; false']),
  "nested: external diff": nested(["diff.external", 'touch "$PWN";:']),
  "nested: textconv": nested(["diff.x.textconv", 'touch "$PWN"; cat'], "a.txt diff=x"),
  "nested: clean filter": nested(["filter.x.clean", 'touch "$PWN"; cat'], "a.txt filter=x"),
  "nested: gpg program": nested(["gpg.program", "../evil.sh"], "", true),
  "own: fsmonitor": own(["core.fsmonitor", 'touch "$PWN"; false']),
  "own: external diff": own(["diff.external", 'touch "$PWN";:']),
  "own: diff driver": own(["diff.x.command", 'touch "$PWN";:'], "a.txt diff=x"),
  "own: textconv": own(["diff.x.textconv", 'touch "$PWN"; cat'], "a.txt diff=x"),
  "own: clean filter": own(["filter.x.clean", 'touch "$PWN"; cat'], "a.txt filter=x"),
  "own: filter process": own(["filter.x.process", 'touch "$PWN"'], "a.txt filter=x"),
  "own: signatures": own(["log.showSignature", "true"], "", true),
  "own: merge driver": merged(["merge.x.driver", 'touch "$PWN"; false']),
  "submodule: fsmonitor": submodule(["core.fsmonitor", 'touch "$PWN"; false']),
  "submodule: clean filter": submodule(["filter.x.clean", 'touch "$PWN"; cat']),
  "submodule that is not ignored: clean filter": submodule(
    ["filter.x.clean", 'touch "$PWN"; cat'],
    "\tignore = none\n",
  ),
};

/** Folders in which a line is run, which show a write, and in `pwn` whether a program was started. */
export class ThrowAwayFolder {
  readonly #templates = new Map<string, Promise<string>>();
  readonly #shared = new Map<string, string>();
  #number = 0;

  constructor(private readonly root: string) {}

  /** Runs a line that only reads, as it is run where that is all that may be done; returns what it has changed all the same. */
  async runReading(line: string, setUp = "", commands: readonly ReadingCommand[]): Promise<string[]> {
    const base = this.#shared.get(setUp) ?? (await this.#copy(setUp));
    const environment = environmentIn(base);
    const more = await environmentFor(commands, join(base, "project"), environment);
    const changed = await changedBy(line, base, { ...environment, ...more });
    // As long as nothing has changed in it the next one can have it.
    if (changed.length === 0) this.#shared.set(setUp, base);
    else this.#shared.delete(setUp);
    return changed;
  }

  /** Runs a line as it is. */
  async run(line: string, setUp = ""): Promise<string[]> {
    const base = await this.#copy(setUp);
    const changed = await changedBy(line, base, environmentIn(base));
    await rm(base, { recursive: true, force: true });
    return changed;
  }

  async #copy(setUp: string): Promise<string> {
    const base = join(this.root, String(++this.#number));
    await cp(await this.#template(setUp), join(base, "project"), { recursive: true });
    return base;
  }

  async #template(name: string): Promise<string> {
    let made = this.#templates.get(name);
    if (made === undefined) this.#templates.set(name, (made = this.#make(name, this.#templates.size)));
    return await made;
  }

  async #make(setUp: string, number: number): Promise<string> {
    const folder = join(this.root, `template-${number}`);
    await mkdir(join(folder, "src"), { recursive: true });
    await writeFile(join(folder, "a.txt"), "one TODO\ntwo\ntwo\n");
    await writeFile(join(folder, "b.txt"), "two\nthree\n");
    await writeFile(join(folder, "data.json"), '{"name":"x","list":[1,2]}');
    await writeFile(join(folder, "src/main.ts"), "export const answer = 42; // TODO\n");
    await writeFile(join(folder, "evil.sh"), '#!/bin/sh\ntouch "$PWN"\n', { mode: 0o755 });
    await git(folder, "init", "-q");
    await commit(folder, "changed");
    const prepare = SET_UPS[setUp];
    if (prepare === undefined && setUp !== "") throw new Error(`There is no set-up "${setUp}".`);
    await prepare?.(folder);
    return folder;
  }
}

function environmentIn(base: string): Record<string, string | undefined> {
  return { ...process.env, HOME: base, PWN: join(base, "project/pwn"), GIT_CONFIG_NOSYSTEM: "1" };
}

async function changedBy(line: string, base: string, env: Record<string, string | undefined>): Promise<string[]> {
  const before = await contents(base);
  const child = Bun.spawn(["bash", "-c", line.replaceAll("\0", "")], {
    cwd: join(base, "project"),
    env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    timeout: 10_000,
  });
  await child.exited;
  const after = await contents(base);
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name));
}

function nested(setting: readonly [string, string], attributes = "", isSigned = false) {
  return async (folder: string): Promise<void> => {
    const evil = join(folder, "evil");
    await mkdir(evil);
    await writeFile(join(evil, ".gitattributes"), attributes);
    await writeFile(join(evil, "a.txt"), "one\n");
    await git(evil, "init", "-q");
    await commit(evil, "changed", isSigned);
    // The repository as plain files, in its own work tree.
    await cp(join(evil, ".git"), evil, { recursive: true });
    await rm(join(evil, ".git"), { recursive: true });
    await git(folder, "config", "--file", "evil/config", "core.worktree", ".");
    await git(folder, "config", "--file", "evil/config", ...setting);
  };
}

function own(setting: readonly [string, string], attributes = "", isSigned = false) {
  return async (folder: string): Promise<void> => {
    if (attributes !== "") await writeFile(join(folder, ".gitattributes"), attributes);
    if (isSigned) {
      await commit(folder, "again", true);
      await git(folder, "config", "gpg.program", "./evil.sh");
    }
    await git(folder, "config", ...setting);
  };
}

/** The last commit brings two changes of one line together; how such merges are shown, a setting says. */
function merged(setting: readonly [string, string]) {
  return async (folder: string): Promise<void> => {
    await writeFile(join(folder, ".gitattributes"), "both.txt merge=x\n");
    await writeFile(join(folder, "both.txt"), "one\n");
    await commit(folder, "changed");
    await git(folder, "checkout", "-q", "-b", "other");
    await writeFile(join(folder, "both.txt"), "two\n");
    await commit(folder, "changed");
    await git(folder, "checkout", "-q", "-");
    await writeFile(join(folder, "both.txt"), "three\n");
    await commit(folder, "changed");
    await git(folder, "merge", "-q", "-s", "ours", "-m", "both", "other");
    await git(folder, "config", "log.diffMerges", "remerge");
    await git(folder, "config", ...setting);
  };
}

function submodule(setting: readonly [string, string], settings?: string) {
  return async (folder: string): Promise<void> => {
    const sub = join(folder, "sub");
    await git(folder, "init", "-q", "sub");
    await writeFile(join(sub, ".gitattributes"), "seen.txt filter=x");
    await commit(sub, "text");
    const about = `[submodule "sub"]\n\tpath = sub\n\turl = ./sub\n${settings}`;
    if (settings !== undefined) await writeFile(join(folder, ".gitmodules"), about);
    await git(folder, "add", "-A");
    // As long as before: what is in it has to be looked at.
    await writeFile(join(sub, "seen.txt"), "SEEN\n");
    await git(sub, "config", ...setting);
  };
}

/** Commits what is there, and changes a file afterwards. */
async function commit(folder: string, change: string, isSigned = false): Promise<void> {
  await writeFile(join(folder, "seen.txt"), "seen\n");
  await git(folder, "add", "-A");
  await git(folder, "commit", "-q", "--allow-empty", "-m", "first");
  if (isSigned) await pretendSignature(folder);
  if (await Bun.file(join(folder, "a.txt")).exists()) await writeFile(join(folder, "a.txt"), `${change} TODO\n`);
}

/** A commit that claims to be signed. */
async function pretendSignature(folder: string): Promise<void> {
  const text = await git(folder, "cat-file", "commit", "HEAD");
  const signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----\n";
  const signed = text.replace(/\n\n/, `\n${signature}\n`);
  const path = join(folder, ".git/signed");
  await writeFile(path, signed);
  const id = (await git(folder, "hash-object", "-t", "commit", "-w", path)).trim();
  await rm(path);
  await git(folder, "reset", "-q", "--soft", id);
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=n", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
  const child = Bun.spawn(["git", ...identity, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1", PWN: "/dev/null" },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${errors}`);
  return output;
}

/** What is in a folder: when each file was written, and its length; and each folder. */
async function contents(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of await readdir(folder, { recursive: true })) {
    const about = await stat(join(folder, name));
    found.set(name, about.isDirectory() ? "folder" : `${about.mtimeMs} ${about.ctimeMs} ${about.size}`);
  }
  return found;
}
