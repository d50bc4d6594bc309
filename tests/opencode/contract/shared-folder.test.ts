import { expect } from "bun:test";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bash, type Step } from "../rig.ts";
import { onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends();

const read = (filePath: string) => ({ calls: [{ tool: "read", args: { filePath } }] });
const write = (filePath: string, content: string) => ({ calls: [{ tool: "write", args: { filePath, content } }] });

contract(
  "a whole-file write over another agent's change is refused by name; the file read again, it passes",
  async (on) => {
    const path = join(on.sandbox.project, "prices.ts");
    await writeFile(path, "one\ntwo\n");
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
      { text: "The first line is done." },
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
  },
);

contract(
  "two agents and the user's session rewrite one file for a while: nothing is lost",
  async (on) => {
    const path = join(on.sandbox.project, `list-${on.backend}.txt`);
    await writeFile(path, "begin\n");
    const lines = 2;
    const refusals: string[] = [];
    /** Adds lines by whole-file writes of what was read, as a model does that knows no better. */
    const appends = (name: string): Step => {
      let added = 0;
      return ({ toolResults }) => {
        const last = toolResults.at(-1) ?? "";
        if (last.includes("was refused:")) refusals.push(last);
        const content = contentOf(last);
        if (content !== undefined) return write(path, `${content}${name} ${added}\n`);
        if (last.startsWith("Wrote")) added += 1;
        return added === lines ? { text: `${name} is done.` } : read(path);
      };
    };
    on.plan("Append as the first.", ...manySteps(appends("first")));
    on.plan("Append as the second.", ...manySteps(appends("second")));
    const question = `Append yourself, beside two agents on ${on.backend}.`;
    const asUser = appends("user");
    on.plan(
      question,
      on.spawn({ prompt: "Append as the first.", title: "one" }, { prompt: "Append as the second.", title: "two" }),
      ...manySteps(asUser),
    );
    const spawned = (await on.ask(question)).answers("bizar_spawn_background");
    for (const { instanceId } of spawned) {
      on.plan(`Collect ${instanceId}.`, { calls: [{ tool: "bizar_collect", args: { instanceId } }] });
      const [collected] = (await on.ask(`Collect ${instanceId}.`)).answers("bizar_collect");
      expect(collected.status).toBe("done");
    }
    const written = (await readFile(path, "utf8")).trim().split("\n");
    const expected = ["first", "second", "user"].flatMap((name) =>
      Array.from({ length: lines }, (_, index) => `${name} ${index}`),
    );
    expect(written.toSorted()).toEqual(["begin", ...expected].toSorted());
    for (const refusal of refusals)
      expect(refusal).toMatch(/changed by (?:thor "(?:one|two)"|another session \(odin\))/);
  },
  120_000,
);

function manySteps(step: Step): Step[] {
  return Array.from({ length: 60 }, () => step);
}

/** The file as the read tool shows it, in numbered lines (1.18.33); `undefined` where it shows none. */
function contentOf(answer: string): string | undefined {
  const lines = answer.split("\n").flatMap((line) => /^\s*\d+: (.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0 ? undefined : `${lines.join("\n")}\n`;
}
