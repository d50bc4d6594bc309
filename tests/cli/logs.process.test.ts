import { expect, onTestFinished, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { LogFile } from "../../src/store/log-file.ts";
import { logPath } from "../../src/store/state-paths.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { openStore } from "../store/store-rig.ts";
import { until } from "../until.ts";
import { createCommandLine, gone, livingOwner } from "./command-line-rig.ts";

const id = sampleId(1);

/** `logs -f` at work, and what it has printed so far. */
function follow(line: ReturnType<typeof createCommandLine>) {
  const child = line.start("logs", id, "-f");
  onTestFinished(() => child.kill());
  let text = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) text += decoder.decode(chunk, { stream: true });
  })();
  const stderr = child.stderr.text();
  return {
    child,
    stderr,
    text: () => text,
    async ended(): Promise<number> {
      await reading;
      return await child.exited;
    },
  };
}

test("the log is printed from its oldest part on", async () => {
  const line = createCommandLine();
  await line.leave("done");
  for (const [end, text] of Object.entries({ "": "4\n", ".1": "3\n", ".2": "2\n", ".3": "1\n" })) {
    line.file("logDir", `${id}.log${end}`, text);
  }
  expect(await line.run("logs", id)).toEqual({ exitCode: 0, stdout: "1\n2\n3\n4\n", stderr: "" });
});

test("an agent without a log yet has an empty one", async () => {
  const line = createCommandLine();
  await line.leave("queued");
  expect(await line.run("logs", id)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
});

test("a log of many megabytes is whole, and a reader that has seen enough is no error", async () => {
  const line = createCommandLine();
  await line.leave("done");
  const text = "[stdout] line\n".repeat(1_000_000);
  const path = line.file("logDir", `${id}.log`, text);
  expect((await line.run("logs", id)).stdout === text).toBe(true);
  const env = { ...process.env, BIZAR_STATE_DIR: line.paths.stateDir };
  const main = `${import.meta.dir}/../../src/cli/main.ts`;
  const piped = Bun.spawn(["sh", "-c", `"${process.execPath}" "${main}" logs ${id} | head -n 1`], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(await Promise.all([piped.stdout.text(), piped.stderr.text()])).toEqual(["[stdout] line\n", ""]);
  expect(path).toBe(logPath(line.paths, id));
});

test("-f goes on through rotations until the agent has ended, and nothing is missing or doubled", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", {}, owner);
  const log = new LogFile(logPath(line.paths, id), 2000, (message) => expect.unreachable(message));
  const following = follow(line);
  // Rotates every 60 lines or so; each time the reader gets as far as the writer.
  for (let number = 0; number < 600; number++) {
    log.write("stdout", `line ${number} ${"x".repeat(15)}`);
    if (number % 100 === 99) await until("it was read", () => following.text().includes(`line ${number} `));
  }
  log.write("stdout", "the last words");
  log.close();
  await openStore(line.paths, owner).store.save(sampleInstance("done"));
  expect(await following.ended()).toBe(0);
  const numbers = [...following.text().matchAll(/^\[stdout\] line (\d+) /gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(Array.from({ length: 600 }, (_, number) => number));
  expect(following.text()).toEndWith("[stdout] the last words\n");
  expect(await following.stderr).toBe("");
}, 30_000);

test("-f says when the log was rotated faster than it could read", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", {}, owner);
  const path = line.file("logDir", `${id}.log`, "first\n");
  const following = follow(line);
  await until("it follows", () => following.text() === "first\n");
  const log = new LogFile(path, 1024, (message) => expect.unreachable(message));
  for (let number = 0; number < 1000; number++) log.write("stdout", `line ${number}`);
  log.close();
  await openStore(line.paths, owner).store.save(sampleInstance("done"));
  await following.ended();
  expect(following.text()).toEndWith("[stdout] line 999\n");
  expect(await following.stderr).toContain("some of the log was rotated away");
}, 30_000);

test("-f of an agent that has ended prints its log and ends", async () => {
  const line = createCommandLine();
  await line.leave("done");
  line.file("logDir", `${id}.log`, "all of it\n");
  expect(await line.run("logs", id, "-f")).toEqual({ exitCode: 0, stdout: "all of it\n", stderr: "" });
});

test("-f ends when nobody writes the log any more, and says so", async () => {
  const line = createCommandLine();
  await line.leave("running", {}, gone);
  line.file("logDir", `${id}.log`, "so far\n");
  const { exitCode, stdout, stderr } = await line.run("logs", id, "-f");
  expect([exitCode, stdout]).toEqual([0, "so far\n"]);
  expect(stderr).toContain(`the opencode that ran ${id} is gone`);
});

test("-f ends where a message waits for an agent that has ended, and nobody is left to start its turn", async () => {
  const line = createCommandLine();
  await line.leave("done", { followUps: ["Go on."] }, gone);
  line.file("logDir", `${id}.log`, "all of it\n");
  const following = follow(line);
  expect(await following.ended()).toBe(0);
  expect(following.text()).toBe("all of it\n");
});

test("-f begins before there is a log, and Ctrl-C ends it", async () => {
  const line = createCommandLine();
  await line.leave("queued", {}, livingOwner());
  const following = follow(line);
  line.file("logDir", `${id}.log`, "");
  appendFileSync(logPath(line.paths, id), "it has begun\n");
  await until("it follows", () => following.text() === "it has begun\n");
  following.child.kill("SIGINT");
  await following.ended();
  expect(following.child.signalCode).toBe("SIGINT");
});

test("opencode's own lines are left out unless --all is given, and -n counts what is shown", async () => {
  const line = createCommandLine();
  await line.leave("done");
  line.file("logDir", `${id}.log.1`, "[stdout] 1\n[stderr] own\n[stdout] 2\n");
  line.file("logDir", `${id}.log`, "[stderr] own\n[stdout] 3\n[stderr] own");
  expect((await line.run("logs", id)).stdout).toBe("[stdout] 1\n[stdout] 2\n[stdout] 3\n");
  expect((await line.run("logs", id, "-n", "2")).stdout).toBe("[stdout] 2\n[stdout] 3\n");
  expect((await line.run("logs", id, "-n", "0")).stdout).toBe("");
  expect((await line.run("logs", id, "--all")).stdout.split("\n")).toContain("[stderr] own");
  expect((await line.run("logs", id, "-a", "-n", "2", "-f")).stdout).toBe("[stdout] 3\n[stderr] own\n");
});

test("without an id the logs of all at work are shown by name, those of agents that start later too", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  const [first, later] = [sampleId(1), sampleId(2)];
  await line.leave("running", { instanceId: first }, owner);
  await line.leave("done", { instanceId: sampleId(3) }, owner);
  line.file("logDir", `${sampleId(3)}.log`, "[stdout] ended before\n");
  const path = line.file("logDir", `${first}.log`, "[stdout] old\n[stdout] one\n");
  expect((await line.run("logs", "-n", "1")).stdout).toBe("mimir 000001 | one\n");
  const child = line.start("logs", "-f", "-n", "1");
  onTestFinished(() => child.kill());
  let text = "";
  void (async () => {
    for await (const chunk of child.stdout) text += new TextDecoder().decode(chunk);
  })();
  await until("it follows", () => text === "mimir 000001 | one\n");
  appendFileSync(path, "[stdout] two\n[stderr] own\n");
  await until("it goes on", () => text.endsWith("two\n"));
  line.file("logDir", `${later}.log`, "[stdout] a\n[stdout] b\n");
  await line.leave("running", { instanceId: later, agent: "thor" }, owner);
  await until("the later one is there, whole", () => text.endsWith("thor 000002 | a\nthor 000002 | b\n"));
  appendFileSync(path, "[stdout] last");
  await openStore(line.paths, owner).store.save(sampleInstance("done", { instanceId: first }));
  await until("the end is there", () => text.endsWith("mimir 000001 | last\n"));
  expect(text).not.toContain("own");
});
