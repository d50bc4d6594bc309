import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { freePort } from "../../src/backends/warm/free-port.ts";

const PROGRAMS = ["munged", "slurmctld", "slurmd", "srun", "squeue", "scancel", "scontrol", "sinfo"];
const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;

/** Why no cluster can be had here; `undefined`: it can. */
export function whyNoSlurm(): string | undefined {
  if (process.platform !== "linux") return "Slurm is tried on Linux only.";
  if (process.getuid?.() !== 0) return "Slurm's daemons are started as root, and this is not root.";
  const missing = PROGRAMS.filter((name) => Bun.which(name, { PATH }) === null);
  if (missing.length === 0) return undefined;
  return `Slurm is not whole here: ${missing.join(", ")} missing (Debian: apt-get install munge slurmctld slurmd slurm-client).`;
}

/** A Slurm of one node with two processors, in a folder and on ports of its own. */
export interface Cluster {
  /** What its commands need in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs one of its commands; what that says. */
  run(...words: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-slurm-"));
  const daemons: Bun.Subprocess[] = [];
  const environment = { SLURM_CONF: join(folder, "slurm.conf"), PATH };
  const start = (...words: string[]) => {
    const log = Bun.file(join(folder, `${words[0]}.out`));
    const child = Bun.spawn(words, {
      env: { ...process.env, ...environment },
      stdin: "ignore",
      stdout: log,
      stderr: log,
    });
    daemons.push(child);
    return child;
  };
  for (const name of ["ctld", "spool"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "munge.key"), randomBytes(128), { mode: 0o400 });
  await writeFile(environment.SLURM_CONF, configuration(folder, await freePort(), await freePort()));
  const socket = join(folder, "munge.socket");
  const munge = ["key-file=munge.key", "pid-file=munge.pid", "log-file=munge.log", "seed-file=munge.seed"];
  start(
    "munged",
    "--foreground",
    "--force",
    `--socket=${socket}`,
    ...munge.map((word) => `--${word.replace("=", `=${folder}/`)}`),
  );
  await until("munged listens", () => Bun.spawnSync(["test", "-S", socket]).success);
  start("slurmctld", "-D");
  const run = async (...words: string[]) => {
    const child = Bun.spawn(words, { env: { ...process.env, ...environment }, stdin: "ignore", stderr: "ignore" });
    return await new Response(child.stdout).text();
  };
  start("slurmd", "-D", "-N", "node1");
  await until("the node is idle", async () => (await run("sinfo", "-h", "-o", "%T")).startsWith("idle"), 60_000);
  return {
    environment,
    run,
    async stop() {
      for (const daemon of daemons.toReversed()) daemon.kill("SIGKILL");
      await Promise.all(daemons.map(async ({ exited }) => await exited));
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await Bun.sleep(20);
  }
}

function configuration(folder: string, controlPort: number, nodePort: number): string {
  return `ClusterName=bizar
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${controlPort}
SlurmdPort=${nodePort}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${folder}/munge.socket
SlurmUser=root
StateSaveLocation=${folder}/ctld
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmdTimeout=10
InactiveLimit=0
KillWait=5
NodeName=node1 NodeHostname=localhost NodeAddr=127.0.0.1 CPUs=2 Boards=1 SocketsPerBoard=1 CoresPerSocket=2 ThreadsPerCore=1 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES State=UP MaxTime=INFINITE OverSubscribe=NO
`;
}
