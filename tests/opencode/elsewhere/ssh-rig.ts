import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPENCODE, prepareHome } from "../../../scripts/scripted-host/sandbox.ts";
import { freePort } from "../../../src/backends/warm/free-port.ts";
import { until } from "../../until.ts";

const USER = "bizar-there";
const PATH = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
const PROGRAMS = ["sshd", "ssh", "ssh-keygen", "useradd", "userdel", "git"];

/** Why no other user can be reached by ssh here; `undefined`: it can. */
export function whyNoSsh(): string | undefined {
  if (process.platform !== "linux") return "an sshd of the test's own is tried on Linux only.";
  if (process.getuid?.() !== 0) return "another user is made by root, and this is not root.";
  const missing = PROGRAMS.filter((name) => Bun.which(name, { PATH }) === null);
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} missing (Debian: apt-get install openssh-server openssh-client).`;
}

/** Another user of this machine with a home of its own, reached by an sshd of the test's own. */
export interface OtherUser {
  /** The launcher that leads there. */
  readonly command: readonly string[];
  readonly home: string;
  /** The command lines of what runs there. */
  running(): string[];
  stop(): Promise<void>;
}

/** @param environment what opencode there has in its environment beside its own */
export async function startOtherUser(environment: Readonly<Record<string, string>>): Promise<OtherUser> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-ssh-"));
  await chmod(folder, 0o755);
  const home = join(folder, "home");
  run("userdel", USER);
  run("useradd", "--home-dir", home, "--no-create-home", "--shell", "/bin/sh", "--password", "*", USER);
  await prepareHome(home);
  await mkdir(join(home, ".opencode/bin"), { recursive: true });
  await symlink(OPENCODE, join(home, ".opencode/bin/opencode"));
  await writeFile(join(home, "models.json"), "{}");
  const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) => Number(run("id", flag, USER)));
  await own(home, uid, gid);
  for (const name of ["host", "user"]) run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", join(folder, name));
  const port = await freePort();
  const variables = { ...environment, OPENCODE_MODELS_PATH: join(home, "models.json") };
  await writeFile(
    join(folder, "sshd_config"),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile ${folder}/sshd.pid
StrictModes no
UsePAM no
AllowUsers ${USER}
SetEnv ${Object.entries(variables)
      .map(([name, value]) => `"${name}=${value}"`)
      .join(" ")}
`,
  );
  await writeFile(
    join(folder, "ssh_config"),
    `Host there
  HostName 127.0.0.1
  Port ${port}
  User ${USER}
  IdentityFile ${folder}/user
  IdentitiesOnly yes
  UserKnownHostsFile ${folder}/known_hosts
  StrictHostKeyChecking accept-new
  LogLevel ERROR
`,
  );
  await mkdir("/run/sshd", { recursive: true });
  const sshd = Bun.which("sshd", { PATH }) ?? "sshd";
  const log = Bun.file(join(folder, "sshd.log"));
  const daemon = Bun.spawn([sshd, "-D", "-e", "-f", join(folder, "sshd_config")], { stdout: log, stderr: log });
  const command = ["ssh", "-F", join(folder, "ssh_config"), "there"];
  await until("the sshd answers", () => Bun.spawnSync([...command, "true"], { stdin: "ignore" }).success);
  return {
    command,
    home,
    running: () =>
      run("ps", "-u", USER, "-o", "args=")
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.includes("sshd")),
    async stop() {
      daemon.kill("SIGKILL");
      await daemon.exited;
      run("pkill", "-KILL", "-u", USER);
      run("userdel", USER);
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function run(...words: string[]): string {
  return Bun.spawnSync(words, { env: { ...process.env, PATH }, stdin: "ignore", stderr: "ignore" }).stdout.toString();
}

async function own(path: string, uid: number, gid: number): Promise<void> {
  await chown(path, uid, gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) await own(inner, uid, gid);
  }
}
