import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "@opencode-ai/plugin";
import { mimirBash } from "../../../src/host/agents/mimir-bash.ts";
import { provideAgents } from "../../../src/host/agents/provide-agents.ts";
import { findUnreadable } from "../../../src/host/shell/named-files.ts";
import { readReadingCommands } from "../../../src/host/shell/only-reads.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** A project with a secret, beside one that is not of it. */
function createFolder(): string {
  const root = temporaryFolder();
  const project = join(root, "project");
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(root, "outside.txt"), "outside");
  for (const name of [".env", "prod.env", ".env.local", ".env.example", "a.txt", "src/.env"])
    writeFileSync(join(project, name), name);
  symlinkSync(".env", join(project, "harmless.txt"));
  symlinkSync(join(root, "outside.txt"), join(project, "link.txt"));
  mkdirSync(join(root, "elsewhere"));
  symlinkSync(join(root, "elsewhere"), join(project, "away"));
  return project;
}

/** What a session is told that asks for a line of bash, or for another tool. */
async function createRig(config: Config) {
  const project = createFolder();
  const hooks = mimirBash({ directory: project, project });
  await hooks.config(config);
  provideAgents(config);
  return {
    project,
    hooks,
    asks: async (agent: string) =>
      await hooks["chat.params"]({ sessionID: "ses_1", agent: "title", message: { agent } } as never, {} as never),
    refusal: async (args: unknown, tool = "bash") =>
      await hooks["tool.execute.before"]({ tool, sessionID: "ses_1", callID: "1" }, { args }).then(
        () => undefined,
        (error: Error) => error.message,
      ),
  };
}

test("the provided mimir runs lines of bash that only read", async () => {
  const { asks, refusal } = await createRig({});
  await asks("mimir");
  expect(await refusal({ command: "cd src && git log --pretty=%h 2>/dev/null | head" })).toBeUndefined();
  for (const args of [{ command: "{ cat a.txt; } > b" }, { command: "> b" }, {}])
    expect(await refusal(args)).toContain("bash was refused: a rule of mimir's prevents you");
  expect(await refusal({ pattern: "x" }, "grep")).toBeUndefined();
});

test("the word that is refused is named, and what may be run", async () => {
  const { asks, refusal } = await createRig({});
  await asks("mimir");
  const text = await refusal({ command: "ls | xargs rm" });
  expect(text).toContain('"xargs" is none of them');
  expect(text).toContain("sed, jq, grep");
});

describe("a named file is read where the rules let it be read", () => {
  const cases: [command: string, why: string | undefined][] = [
    ["cat a.txt .env.example", undefined],
    ["cat .env", "may not be read"],
    ["cat ./src/../.env", "may not be read"],
    ["head -5 src/.env | cat", "may not be read"],
    ["cd src && cat .env", "may not be read"],
    ["cd src; cat ../prod.env", "may not be read"],
    ["cd src && cat ../a.txt && ls ..", undefined],
    ["cd src | cat ../outside.txt", "outside the project"],
    ["false && cd src; cat ../a.txt", "none of them"],
    ["true || cd src; cat ../outside.txt", "outside the project"],
    ["cd missing; cat ../outside.txt", "outside the project"],
    ["grep KEY .env.local", "may not be read"],
    ["grep -f .env a.txt", "may not be read"],
    ["grep --file=.env a.txt", "may not be read"],
    ["grep -e x .env", "may not be read"],
    ["grep -rn .env src", undefined],
    ["sed -n 1p .env", "may not be read"],
    ["jq . < .env", "may not be read"],
    ["sort -- .env", "may not be read"],
    ["cat .e*", "may not be read"],
    ["cat *.env", "may not be read"],
    ["cat .{env,txt}", "may not be read"],
    ["cat '.e'nv", "may not be read"],
    ["cat harmless.txt", "may not be read"],
    ["git show HEAD:.env", "may not be read"],
    ["git diff --no-index a.txt .env", "may not be read"],
    ["ls -la .env; find . -name .env", undefined],
    ["cat ../outside.txt", "outside the project"],
    ["cat link.txt", "outside the project"],
    ["head /etc/hostname", "outside the project"],
    ["ls ~", "outside the project"],
    ["ls ~root", "outside the project"],
    ["grep -if/etc/hostname x a.txt", "outside the project"],
    ["grep -if.env x a.txt", "may not be read"],
    ["cat .{d..f}nv", "hard to follow"],
    ["cat .{'env',x}", "hard to follow"],
    ["cat .[[:alpha:]]nv", "hard to follow"],
    ["cut -d/ -f1 a.txt; sort -t/ a.txt", undefined],
    ["sed -n -e '/foo/p' a.txt; grep -A 3 /api/ src/main.ts", undefined],
    ["git log -p -- gone.env", "may not be read"],
    ["cat < /etc/hostname", "outside the project"],
    ["cat /proc/self/environ", "outside the project"],
    ["ls ..", "outside the project"],
    ["find / -maxdepth 1", "outside the project"],
    ["cd .. && cat outside.txt", "outside the project"],
    ["cat ../*.txt", "outside the project"],
    ["cd", "leads to where the line does not say"],
    ["cat a.txt > /dev/null < /dev/null", undefined],
    ["echo .env /etc; which /bin/ls", undefined],
    ["cat {/etc,x}/hostname", "outside the project"],
    ["cat {,/etc/}hostname", "outside the project"],
    ["ls {~,x}", "outside the project"],
    ["cat {x,{y,../}}outside.txt", "hard to follow"],
    ["cat {src,x}/../../outside.txt", "outside the project"],
    ["cat {src,x}/../.env", "may not be read"],
    ["cat {a,b}.txt s{r,}c/*.ts", undefined],
    ["cat s*/../a.txt", "outside the project"],
    ["cat aw*/../outside.txt", "outside the project"],
    ["cat ./sr[c]/*.ts src/../src/*.ts", undefined],
    ["cat src/../.e*", "may not be read"],
    ["cat src/.*", "may not be read"],
    ["cat s*/.e*", "may not be read"],
    ["wc -l src/* src/?env", undefined],
    ["cat away/../outside.txt", "outside the project"],
    ["cat away/../*.txt", "outside the project"],
    ["grep -f away/../outside.txt a.txt", "outside the project"],
    ["cat /proc/self/cwd/.env", "outside the project"],
    ["cat /dev/fd/../cwd/.env", "outside the project"],
    ["ls /dev/fd/3", "outside the project"],
    ["jq --rawfile x .env -n '$x'", "may not be read"],
  ];
  for (const [command, why] of cases) {
    test(`${command}: ${why ?? "yes"}`, async () => {
      const { asks, refusal } = await createRig({});
      await asks("mimir");
      const text = await refusal({ command });
      if (why === undefined) expect(text).toBeUndefined();
      else expect(text).toContain(why);
    });
  }

  test("in a project that is reached by a link, too", async () => {
    const link = join(temporaryFolder(), "link");
    symlinkSync(createFolder(), link);
    const files = { directory: link, project: link, rules: { "*": "allow", "src/*": "deny" } as const };
    const why = async (line: string) => {
      const commands = await readReadingCommands(line);
      return "why" in commands ? commands.why : findUnreadable(commands, files)?.why;
    };
    expect(await why("cat src/.e*")).toContain("may not be read");
    expect(await why("cat s{r,}c/.env")).toContain("may not be read");
    expect(await why("cat *.txt")).toContain("outside the project");
    expect(await why("cat a.t?t .env; ls src/*")).toBeUndefined();
  });

  test("also from the folder that the call names", async () => {
    const { asks, refusal } = await createRig({});
    await asks("mimir");
    expect(await refusal({ command: "cat outside.txt", workdir: ".." })).toContain("outside the project");
    expect(await refusal({ command: "cat .env", workdir: "src" })).toContain("may not be read");
    expect(await refusal({ command: "cat a.txt", workdir: "." })).toBeUndefined();
  });

  test("as the agent is configured by then", async () => {
    const config: Config = {};
    const { asks, refusal } = await createRig(config);
    await asks("mimir");
    Object.assign(config.agent?.["mimir"]?.permission ?? {}, { read: { "*": "allow", "a.*": "deny" } });
    expect(await refusal({ command: "cat .env" })).toBeUndefined();
    expect(await refusal({ command: "cat a.txt" })).toContain("may not be read");
  });
});

/** What bash is given for a call of mimir's, by its id. */
async function environmentOf(command: string) {
  const { asks, hooks, project, refusal } = await createRig({});
  await asks("mimir");
  await refusal({ command });
  const environment = async (callID: string) => {
    const output = { env: {} as Record<string, string> };
    await hooks["shell.env"]({ cwd: project, sessionID: "ses_1", callID }, output);
    return output.env;
  };
  return environment;
}

describe("what runs obeys no configuration of the folder", () => {
  test("git is told what not to run", async () => {
    const env = await (await environmentOf("git status"))("1");
    const names = Object.keys(env).filter((name) => name.startsWith("GIT_CONFIG_KEY_"));
    const settings = names.map((name) => `${env[name]}=${env[name.replace("KEY", "VALUE")]}`);
    expect(env["BASHOPTS"]).toBe("");
    for (const setting of ["safe.bareRepository=explicit", "core.fsmonitor=false", "core.hooksPath=/dev/null"]) {
      expect(settings).toContain(setting);
    }
    expect(env["GIT_CONFIG_COUNT"]).toBe(String(names.length));
  });

  test("once, and for no other call", async () => {
    const environment = await environmentOf("git status");
    expect(await environment("2")).toEqual({});
    expect(await environment("1")).not.toEqual({});
    expect(await environment("1")).toEqual({});
  });

  test("nothing of the kind for what was refused", async () => {
    expect(await (await environmentOf("git push"))("1")).toEqual({});
  });
});

test("others run what they are allowed to, also in a session in which mimir was at work", async () => {
  const { asks, refusal } = await createRig({});
  expect(await refusal({ command: "rm a" })).toBeUndefined();
  await asks("mimir");
  await asks("thor");
  expect(await refusal({ command: "rm a" })).toBeUndefined();
});

test("a mimir of the user's own runs what the user allows", async () => {
  const { asks, refusal } = await createRig({ agent: { mimir: { prompt: "Mine." } } });
  await asks("mimir");
  expect(await refusal({ command: "rm a" })).toBeUndefined();
});
