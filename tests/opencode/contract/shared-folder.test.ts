import { expect } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bash, barrier } from "../rig.ts";
import { ENOUGH, read, sharedWork, sharedWriter, write } from "./shared-writer.ts";
import { onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends();

contract(
  "a whole-file write over another agent's change is refused by name; the file read again, it passes",
  async (on) => {
    const path = join(on.sandbox.project, "prices.ts");
    const other = join(on.sandbox.project, "notes.txt");
    await writeFile(path, "one\ntwo\n");
    await writeFile(other, "first\n");
    const hasRead = Promise.withResolvers<void>();
    const isChanged = Promise.withResolvers<void>();
    on.plan(
      "Work on the discounts.",
      async () => {
        await hasRead.promise;
        return { calls: [{ tool: "edit", args: { filePath: path, oldString: "two", newString: "TWO" } }] };
      },
      () => {
        isChanged.resolve();
        return { text: "The second line is done." };
      },
    );
    let refused = "";
    let stashed = "";
    let outside = "";
    on.plan(
      "Work on the prices.",
      read(path),
      { calls: [bash("cd . && git stash")] },
      async (request) => {
        stashed = request.toolResults.at(-1) ?? "";
        hasRead.resolve();
        await isChanged.promise;
        return write(path, "ONE\ntwo\n");
      },
      (request) => {
        refused = request.toolResults.at(-1) ?? "";
        return read(path);
      },
      (request) => write(path, request.toolResults.at(-1)?.includes("TWO") === true ? "ONE\nTWO\n" : "lost"),
      read(other),
      async () => {
        await writeFile(other, "by an editor\n");
        return write(other, "lost\n");
      },
      (request) => {
        outside = request.toolResults.at(-1) ?? "";
        return { text: "The first line is done." };
      },
    );
    const { collected } = await on.delegate([
      { prompt: "Work on the discounts.", title: "discounts" },
      { prompt: "Work on the prices.", title: "prices" },
    ]);
    expect(collected.map(({ status }) => status)).toEqual(["done", "done"]);
    expect(stashed).toContain('"git stash" changes files that others work on in this folder: thor "discounts"');
    expect(JSON.stringify(on.requestsFor("Work on the prices.")[0]?.messages)).toContain(
      "Others work in this folder at the same time",
    );
    expect(refused).toContain('"prices.ts" was changed by thor "discounts" since you read it; read it again.');
    expect(await readFile(path, "utf8")).toBe("ONE\nTWO\n");
    expect(outside).toContain('"notes.txt" was changed outside opencode since you read it; read it again.');
    expect(await readFile(other, "utf8")).toBe("by an editor\n");
  },
);

contract.onProcess(
  "two agents and the user edit the same files for long, with stale writes, stash and whole-file writes: nothing is lost, each refusal names who",
  async (on) => {
    const { project } = on.sandbox;
    const files = ["one.txt", "two.txt", "three.txt"];
    for (const file of files) await writeFile(join(project, file), "begin\nend\n");
    const work = sharedWork(project, files, barrier(3));
    const everybody = barrier(3);
    const asked = Promise.withResolvers<void>();
    const untilAll = async () => {
      await everybody();
      return { after: asked.promise, text: "All is written." };
    };
    on.plan("Write as the first.", ...sharedWriter(work, "first", 0, untilAll));
    on.plan("Write as the second.", ...sharedWriter(work, "second", 1, untilAll));
    on.plan(
      "Write yourself, beside two agents.",
      on.spawn(
        { prompt: "Write as the first.", title: "one" },
        { prompt: "Write as the second.", title: "two", backend: "warm" },
      ),
      ...sharedWriter(work, "user", 2, async () => {
        await everybody();
        return on.spawn({ prompt: "Look into two.txt.", backend: "warm" });
      }),
    );
    const told = await on.ask("Write yourself, beside two agents.");
    asked.resolve();
    const [one, two, third] = told.answers("bizar_spawn_background");
    expect(third.note).toMatch(/^The prompt names files that running agents have changed: "two.txt" \(.*thor "/);
    const instanceIds = [one, two].map(({ instanceId }) => instanceId);
    for (const { status, changedFiles } of await on.call("bizar_collect", { instanceIds })) {
      expect([status, changedFiles.toSorted()]).toEqual(["done", files.toSorted()]);
    }
    const contents = await Promise.all(files.map(async (file) => await readFile(join(project, file), "utf8")));
    const lines = contents.flatMap((content) => content.split("\n").filter((line) => /\d/.test(line)));
    expect(lines.toSorted()).toEqual(work.lines.toSorted());
    for (const content of contents) expect(content).toMatch(/^begin\n[^]*\nend\n$/);
    const stashes = work.refusals.filter((words) => words.includes("git stash"));
    const writes = work.refusals.filter((words) => !words.includes("git stash"));
    expect(stashes.length).toBeGreaterThanOrEqual(ENOUGH.stash);
    for (const words of stashes)
      expect(words).toMatch(/bash was refused: "git stash" .* in this folder: thor "(?:one|two)"/);
    expect(writes.length).toBeGreaterThanOrEqual(ENOUGH.stale);
    expect(work.count.write).toBeGreaterThanOrEqual(ENOUGH.write);
    for (const words of writes) {
      expect(words).toMatch(
        /write was refused: "\w+\.txt" was (?:changed|written) by (?:thor "(?:one|two)"|another session \(odin\))/,
      );
    }
  },
  300_000,
);
