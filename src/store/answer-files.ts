import { readFile, rm } from "node:fs/promises";
import { writeQuickly } from "../files/durable-file.ts";
import { watchNames } from "../files/watch-names.ts";
import { isAnything, isText, listOf, shape } from "../lib/shape.ts";
import { isReply, type Reply } from "../supervisor/questions.ts";
import { instancePath, type StatePaths } from "./state-paths.ts";
import { codeOf, isCodeOf } from "./user-key.ts";

/** Beside the events, of which there may be none. */
const LOOK_MS = 1000;

const isFile = shape({ answers: listOf(shape({ askId: isText, reply: isReply })), code: isAnything });

interface Given {
  readonly askId: string;
  readonly reply: Reply;
}

/**
 * Answers of the user for an agent's own opencode, in `bg/<instanceId>.answers`, with a code that takes the nonce of
 * that opencode to make: what its commands write there counts for nothing.
 */
export class AnswerFiles {
  readonly #given = new Map<string, readonly Given[]>();

  constructor(
    private readonly paths: StatePaths,
    private readonly report: (message: string, cause: unknown) => void,
  ) {}

  /** Leaves an answer. Never throws. */
  give(instanceId: string, nonce: string, askId: string, reply: Reply): void {
    const answers = [...(this.#given.get(instanceId) ?? []), { askId, reply }];
    this.#given.set(instanceId, answers);
    const content = `${JSON.stringify({ answers, code: codeOf(answers, nonce) })}\n`;
    writeQuickly(answersPath(this.paths, instanceId), content).catch((cause: unknown) =>
      this.report(`An answer could not be left for ${instanceId}.`, cause),
    );
  }

  /** The turn is over. */
  clear(instanceId: string): void {
    if (!this.#given.delete(instanceId)) return;
    rm(answersPath(this.paths, instanceId), { force: true }).catch((cause: unknown) =>
      this.report(`Answers for ${instanceId} could not be removed.`, cause),
    );
  }
}

/** Tells the answers for an agent as they come; what ends that keeps no process alive. */
export function watchAnswers(
  paths: StatePaths,
  instanceId: string,
  nonce: string,
  onAnswer: (askId: string, reply: Reply) => void,
): { close(): void } {
  const look = async () => {
    // Not there yet, or half of it: the next look tells.
    const answers = await read(answersPath(paths, instanceId), nonce).catch(() => []);
    for (const { askId, reply } of answers) onAnswer(askId, reply);
  };
  const watcher = watchNames(
    paths.recordDir,
    (name) => void ((name?.startsWith(instanceId) ?? true) && look()),
    () => undefined,
  );
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  void look();
  return {
    close() {
      watcher.close();
      clearInterval(timer);
    },
  };
}

async function read(path: string, nonce: string): Promise<readonly Given[]> {
  const file: unknown = JSON.parse(await readFile(path, "utf8"));
  return isFile(file) && isCodeOf(file.answers, file.code, nonce) ? (file.answers as readonly Given[]) : [];
}

function answersPath(paths: StatePaths, instanceId: string): string {
  return instancePath(paths, instanceId, ".answers");
}
