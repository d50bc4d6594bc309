import { join } from "node:path";
import type { ModelAnswer } from "../../../scripts/scripted-host/scripted-model.ts";
import { bash, type Step } from "../rig.ts";

const DEEDS = ["write", "edit", "write", "stash"] as const;
const REFUSED = "was refused:";
/** They go on until so much of each has come, whoever did it: a minute of work, however long that takes. */
export const ENOUGH = { stash: 12, stale: 12, write: 24, edit: 12 };
const KINDS = ["stash", "stale", "write", "edit"] as const;
/** … and not for ever. */
const MOST_ROUNDS = 60;
const MOST_STEPS = 1000;

export const read = (filePath: string) => ({ calls: [{ tool: "read", args: { filePath } }] });
export const write = (filePath: string, content: string) => ({
  calls: [{ tool: "write", args: { filePath, content } }],
});

export interface SharedWork {
  readonly project: string;
  readonly files: readonly string[];
  /** What was refused, in the words of the refusals. */
  readonly refusals: string[];
  /** The lines that the writers have put into the files. */
  readonly lines: string[];
  /** What has come so far. */
  readonly count: Record<(typeof KINDS)[number], number>;
  /** Settles when all writers may begin. */
  readonly begin: () => Promise<void>;
}

/** Work in these files that nobody has begun. */
export function sharedWork(project: string, files: readonly string[], begin: SharedWork["begin"]): SharedWork {
  return { project, files, begin, refusals: [], lines: [], count: { stash: 0, stale: 0, write: 0, edit: 0 } };
}

function isEnough({ count }: SharedWork): boolean {
  return KINDS.every((kind) => count[kind] >= ENOUGH[kind]);
}

/** The steps of a model that writes into shared files, and then says the last of them. */
export function sharedWriter(work: SharedWork, name: string, ofRound: number, ...last: readonly Step[]): Step[] {
  const deeds = rounds(work, name, ofRound);
  const left = [...last];
  let hasBegun = false;
  return Array.from({ length: MOST_STEPS }, () => async (request) => {
    if (!hasBegun) await work.begin();
    hasBegun = true;
    const next = deeds.next(request.toolResults.at(-1) ?? "");
    if (next.done !== true) return next.value;
    const step = left.shift() ?? { text: `${name} is done.` };
    return typeof step === "function" ? await step(request) : step;
  });
}

/** Writes what it knows, as a model does that knows no better, and reads only what it was refused to write. */
function* rounds(work: SharedWork, name: string, ofRound: number): Generator<ModelAnswer, void, string> {
  const { project, files, refusals, lines, count } = work;
  const known = new Map<string, string>();
  for (let round = 0; round < MOST_ROUNDS && !isEnough(work); round++) {
    const file = join(project, files[(round + ofRound) % files.length] ?? "");
    const line = `${name} ${round}`;
    const deed = DEEDS[(round + ofRound) % DEEDS.length];
    if (deed === "stash") refusals.push(yield { calls: [bash("git stash; git stash pop")] });
    else if (deed === "edit") yield edit(file, "\nend\n", `\n${line}\nend\n`);
    if (deed !== undefined && deed !== "write") count[deed] += 1;
    if (deed !== "stash") lines.push(line);
    for (let isRefused = deed === "write"; isRefused;) {
      const before = known.get(file) ?? contentOf(yield read(file));
      const answer = yield write(file, withLine(before, line));
      known.set(file, before);
      isRefused = answer.includes(REFUSED);
      count[isRefused ? "stale" : "write"] += 1;
      if (isRefused) refusals.push(answer);
      if (isRefused) known.delete(file);
    }
    const stale = known.get(file);
    if (stale !== undefined && deed !== "stash") known.set(file, withLine(stale, line));
  }
}

function edit(filePath: string, oldString: string, newString: string): ModelAnswer {
  return { calls: [{ tool: "edit", args: { filePath, oldString, newString } }] };
}

function withLine(content: string, line: string): string {
  return content.replace(/end\n$/, `${line}\nend\n`);
}

/** The file as the read tool shows it, in numbered lines (1.18.33). */
function contentOf(answer: string): string {
  return `${answer
    .split("\n")
    .flatMap((line) => /^\s*\d+: (.*)$/.exec(line)?.[1] ?? [])
    .join("\n")}\n`;
}
