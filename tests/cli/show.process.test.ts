import { expect, test } from "bun:test";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createCommandLine, livingOwner } from "./command-line-rig.ts";

test("what is known of an agent is shown, and its whole result", async () => {
  const line = createCommandLine();
  await line.leave("done", { resultPreview: "the end" });
  line.file("recordDir", `${sampleId(1)}.result.md`, `# Found\n\n${"long ".repeat(20_000)}\nthe end\n`);
  const { exitCode, stdout } = await line.run("show", sampleId(1));
  expect(exitCode).toBe(0);
  for (const words of [
    `id:         ${sampleId(1)}`,
    "agent:      mimir on scripted/model",
    "backend:    process",
    "status:     done",
    "session:    ses_child",
    "prompt:     Look around and report.",
    "--- result ---\n# Found\n",
  ]) {
    expect(stdout).toContain(words);
  }
  expect(stdout).toEndWith("\nthe end\n");
  expect(stdout.length).toBeGreaterThan(100_000);
});

test("an agent is named by its id, the start or the end of it, or a title that is unique", async () => {
  const line = createCommandLine();
  await line.leave("done", { title: 'Fix a.ts, "b.ts"' });
  for (const [number, title] of [
    [2, "Twins"],
    [3, "twins"],
  ] as const) {
    await line.leave("done", { instanceId: sampleId(number), title });
  }
  const first = sampleId(1);
  const names = [first.toLowerCase().slice(4), 'fix a.ts, "b.ts"', '"Twins"'];
  const shown = await Promise.all(names.map(async (name) => await line.run("show", name)));
  for (const { stdout } of shown.slice(0, -1)) expect(stdout).toContain(`id:         ${first}`);
  expect(shown.at(-1)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("can be 2 agents") });
});

test("a failure shows its reason and its words", async () => {
  const line = createCommandLine();
  const { progress } = sampleInstance();
  const did = { changedFiles: ["a.ts"], moreChangedFiles: 2, lastCalls: ["bash: ls", "bash: echo \u001b[31m"] };
  await line.leave("failed", { progress: { ...progress, ...did } });
  const { stdout } = await line.run("show", sampleId(1));
  expect(stdout).toContain("status:     failed (session_error)");
  expect(stdout).toContain("error:      boom happened");
  expect(stdout).toContain("changed:    a.ts\nand 2 more\nlast calls: bash: ls\nbash: echo \\x1b[31m\n");
  expect(stdout).not.toContain("---");
});

test("one at work shows what it does, who runs it and the end of what it wrote", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  const { progress } = sampleInstance();
  await line.leave("running", { progress: { ...progress, activity: "writing", textPreview: "so far" } }, owner);
  const { stdout } = await line.run("show", sampleId(1));
  expect(stdout).toContain("activity:   writing");
  expect(stdout).toContain(`opencode:   process ${owner.pid} (lives)`);
  expect(stdout).toEndWith("--- so far, the end of what it wrote ---\nso far\n");
});

test("a warm agent is shown as one, and its process is the server's", async () => {
  const line = createCommandLine();
  await line.leave("running", { backend: "warm" }, livingOwner());
  const { stdout } = await line.run("show", sampleId(1));
  expect(stdout).toContain("backend:    warm\n");
  expect(stdout).toContain("process:    4242\n");
});

test("a result cannot steer the terminal, and is given as it is in JSON", async () => {
  const line = createCommandLine();
  const text = "a\u001b]0;title\u0007b\ttab";
  await line.leave("done", { resultPreview: text });
  line.file("recordDir", `${sampleId(1)}.result.md`, text);
  expect((await line.run("show", sampleId(1))).stdout).toEndWith("a\\x1b]0;title\\x07b\ttab\n");
  const record = JSON.parse((await line.run("show", sampleId(1), "--json")).stdout) as Record<string, unknown>;
  expect(record).toMatchObject({ schemaVersion: 2, instanceId: sampleId(1), status: "done", result: text });
});

test("a result that cannot be read is an error that names it", async () => {
  const line = createCommandLine();
  await line.leave("done", { resultPreview: "gone" });
  const { exitCode, stderr } = await line.run("show", sampleId(1));
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`The result of ${sampleId(1)} cannot be read`);
});
