import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startServer, type Server } from "../../../scripts/scripted-host/opencode.ts";
import { createSandbox, PLUGIN, writeConfig, type Sandbox } from "../../../scripts/scripted-host/sandbox.ts";
import { runGit } from "../../workspace/git-rig.ts";
import { createRig, serve, type Rig, type ServedRig } from "../rig.ts";

/** One `opencode serve` with a home and a clone of its own. */
export interface Member {
  readonly url: string;
  readonly port: number;
  /** The clone of the caller's project. */
  readonly clone: string;
  /** A clone that has not been brought up to date. */
  readonly stale: string;
  readonly home: string;
  /** The working trees that agents have there now. */
  worktrees(): string[];
  kill(signal?: NodeJS.Signals): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** The caller's opencode, and two servers beside it. */
export interface PoolRig extends ServedRig {
  /** Without the plugin. */
  readonly east: Member;
  /** With it. */
  readonly west: Member;
}

export const PASSWORD = "a word of two servers: ü";

const AGENT = { worker: { mode: "all", description: "Works", prompt: "You work." } };

/** @param places the options of the caller's opencode, by where the servers are */
export async function startPool(
  places: (east: Member, west: Member) => Promise<Record<string, unknown>>,
): Promise<PoolRig> {
  const rig = await createRig();
  const { project } = rig.sandbox;
  await writeFile(join(project, "kept.txt"), "as it was\n");
  await writeFile(join(project, "changed.txt"), "before\n");
  runGit(["init", "-q", "-b", "main"], project);
  // What opencode is configured with here is nobody else's.
  await writeFile(join(project, ".git/info/exclude"), "opencode.json\n");
  runGit(["config", "user.email", "user@example.org"], project);
  runGit(["config", "user.name", "User"], project);
  runGit(["add", "-A"], project);
  runGit(["commit", "-qm", "first"], project);
  const homes = await Promise.all([home(rig), home(rig, { plugin: [[PLUGIN, {}]] })]);
  for (const { root } of homes) runGit(["clone", "-q", project, join(root, "stale")], project);
  await writeFile(join(project, "later.txt"), "of the second commit\n");
  runGit(["add", "-A"], project);
  runGit(["commit", "-qm", "second"], project);
  for (const { root } of homes) runGit(["clone", "-q", project, join(root, "clone")], project);
  await writeFile(join(project, "untracked.txt"), "not committed\n");
  const [east, west] = await Promise.all([member(homes[0]), member(homes[1])]);
  const options = await places(east, west);
  await writeConfig(project, rig.model.url, { minFreeMemoryMb: 0, announce: "off", ...options }, { agent: AGENT });
  Object.assign(rig.sandbox.environment, { POOL_PASSWORD: PASSWORD, OTHER_PASSWORD: "another" });
  const served = await serve(rig);
  return {
    ...served,
    east,
    west,
    async dispose() {
      await served.dispose();
      await Promise.all([east.stop(), west.stop()]);
      await Promise.all(homes.map(async (sandbox) => await sandbox.remove()));
    },
  };
}

async function home(rig: Rig, more: Record<string, unknown> = {}): Promise<Sandbox> {
  const sandbox = await createSandbox({ modelUrl: rig.model.url, options: null, ownModelsOnly: true });
  const { BUN_JSC_useDFGJIT = "", Malloc = "" } = rig.sandbox.environment;
  Object.assign(sandbox.environment, { BUN_JSC_useDFGJIT, Malloc });
  const folder = join(sandbox.home, ".config/opencode");
  await mkdir(folder, { recursive: true });
  await writeConfig(folder, rig.model.url, null, { agent: AGENT, ...more });
  return sandbox;
}

async function member(sandbox: Sandbox): Promise<Member> {
  const environment = { OPENCODE_SERVER_PASSWORD: PASSWORD };
  let server: Server = await startServer(sandbox, environment);
  const { url } = server;
  const port = Number(new URL(url).port);
  const clone = join(sandbox.root, "clone");
  return {
    ...{ url, port, home: sandbox.home, clone, stale: join(sandbox.root, "stale") },
    worktrees: () =>
      runGit(["worktree", "list", "--porcelain"], clone)
        .split("\n")
        .filter((line) => line.startsWith("worktree ") && !line.endsWith("/clone")),
    kill: async (signal = "SIGKILL") => await server.stop(signal),
    async startAgain() {
      server = await startServer(sandbox, environment, port);
    },
    stop: async () => await server.stop("SIGKILL"),
  };
}
