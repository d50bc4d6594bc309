import type { CallEnd } from "../guard/call-result.ts";
import { isAnything, isNumber, isText, listOf, oneOf, orAbsent, shape, type Checked } from "../lib/shape.ts";

/** How a tool call stands, in the host's events. */
export const isToolState = shape({
  status: oneOf("pending", "running", "completed", "error"),
  input: isAnything,
  output: orAbsent(isText),
  error: orAbsent(isText),
  metadata: isAnything,
  attachments: orAbsent(listOf(shape({ url: isText }))),
  time: orAbsent(shape({ start: isNumber, end: orAbsent(isNumber) })),
});

const hasExitCode = shape({ exit: isNumber });
const wasCut = shape({ outputPath: isText });
const hasOutput = shape({
  output: isText,
  metadata: isAnything,
  attachments: orAbsent(listOf(shape({ url: isText }))),
});
const hasContent = shape({ content: listOf(isAnything) });
const isTextItem = shape({ type: oneOf("text"), text: isText });
const isImageItem = shape({ type: oneOf("image"), mimeType: isText, data: isText });

/** How a call ended, by its last event. */
export function callEnd(state: Checked<typeof isToolState>): CallEnd {
  if (state.status === "error") return { status: "error", error: state.error ?? "" };
  return completed(state.output ?? "", state.metadata, state.attachments);
}

function completed(output: string, metadata: unknown, attachments: readonly { url: string }[] = []): CallEnd {
  return {
    status: "completed",
    output,
    exitCode: hasExitCode(metadata) ? metadata.exit : undefined,
    outputPath: wasCut(metadata) ? metadata.outputPath : undefined,
    attachments: attachments.map(({ url }) => url),
  };
}

/** The answer of a tool before the host has told of it. */
export interface AnswerInHand {
  readonly end: CallEnd;
  /** Puts a text below the answer. */
  readonly append: (text: string) => void;
}

const BLANK_LINE = "\n\n";

/**
 * Reads what `tool.execute.after` is given: an output, or of an MCP server's tool the content of its answer, whose texts
 * the host joins afterwards. A subagent that failed gives nothing.
 */
export function readAnswer(answer: unknown): AnswerInHand | undefined {
  if (hasOutput(answer)) {
    const append = (text: string) => void Reflect.set(answer, "output", `${answer.output}${BLANK_LINE}${text}`);
    return { end: completed(answer.output, answer.metadata, answer.attachments), append };
  }
  if (!hasContent(answer)) return undefined;
  const { content } = answer;
  const texts = content.filter(isTextItem).map(({ text }) => text);
  const images = content.filter(isImageItem).map(({ mimeType, data }) => ({ url: `data:${mimeType};base64,${data}` }));
  return {
    end: completed(texts.join(BLANK_LINE), undefined, images),
    append: (text) => void Reflect.set(answer, "content", [...content, { type: "text", text }]),
  };
}

/** An end without the text that was put below its answer; `undefined` where that is not to be seen. */
export function withoutText(end: CallEnd, text: string): CallEnd | undefined {
  if (end.status !== "completed" || !end.output.includes(text)) return undefined;
  const below = `${BLANK_LINE}${text}`;
  return { ...end, output: end.output.replace(end.output.includes(below) ? below : text, () => "") };
}
