import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/backends/warm/free-port.ts";
import { startServer, type Server } from "./opencode.ts";
import { createSandbox, type Sandbox } from "./sandbox.ts";

/** What makes a start quick. */
const AS_THE_CALLER = ["BUN_JSC_useDFGJIT", "Malloc"];

/** An `opencode serve` with a home and a clone of its own, configured as its caller is: a server of the pool. */
export class CloneServer {
  #server: Server | undefined;
  #home: Sandbox | undefined;

  private constructor(
    private readonly root: string,
    private readonly port: number,
  ) {}

  /** Where it will be, for the options of its caller. */
  static async reserve(): Promise<CloneServer> {
    return new CloneServer(await mkdtemp(join(tmpdir(), "bizar-clone-")), await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get clone(): string {
    return join(this.root, "clone");
  }

  /** Clones the caller's project as it is now, which becomes a repository where it is none, and starts. */
  async start({ project, home, environment }: Sandbox, modelUrl: string): Promise<Server["client"]> {
    commitAll(project);
    git(["clone", "-q", project, this.clone], project);
    this.#home = await createSandbox({ modelUrl, options: null, ownModelsOnly: true });
    const given = AS_THE_CALLER.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
    Object.assign(this.#home.environment, Object.fromEntries(given));
    await copyConfiguration(home, this.#home.home);
    this.#server = await startServer({ ...this.#home, project: this.clone }, {}, this.port);
    return this.#server.client;
  }

  async stop(): Promise<void> {
    await this.#server?.stop("SIGKILL");
    await this.#home?.remove();
    await rm(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Leaves one commit of all there is: a second clone is to know the same. */
function commitAll(project: string): void {
  const user = ["-c", "user.email=user@example.org", "-c", "user.name=User"];
  git(["init", "-q", "-b", "main"], project);
  git(["add", "-A"], project);
  const isCommitted = Bun.spawnSync(["git", "diff", "--cached", "--quiet", "HEAD"], { cwd: project }).exitCode === 0;
  if (!isCommitted) git([...user, "commit", "-q", "--allow-empty", "-m", "all of it"], project);
}

function git(args: readonly string[], cwd: string): void {
  const { exitCode, stderr } = Bun.spawnSync(["git", ...args], { cwd });
  if (exitCode !== 0) throw new Error(`git ${args.join(" ")}: ${stderr.toString()}`);
}

/** What the user has configured for all folders: models, plugins. */
async function copyConfiguration(from: string, to: string): Promise<void> {
  const [here, there] = [from, to].map((home) => join(home, ".config/opencode")) as [string, string];
  await mkdir(there, { recursive: true });
  const file = join(here, "opencode.json");
  if (existsSync(file)) await copyFile(file, join(there, "opencode.json"));
  const plugins = join(here, "plugin");
  if (existsSync(plugins)) await cp(plugins, join(there, "plugin"), { recursive: true });
}
