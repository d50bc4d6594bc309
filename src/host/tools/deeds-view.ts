import type { ListedRecord } from "../../store/record.ts";
import { fitting } from "./answer.ts";

/** Each list takes at most this part of its agent's share of an answer: bytes, since escapes take six for one. */
const LIST_SHARE = 8;

/** What an agent did, as an answer tells it: only what there is. Where it is done, its last calls matter to nobody. */
export function deedsView(
  { refused, changedFiles, moreChangedFiles, lastCalls, modelsTried, status, endedAt }: ListedRecord,
  maxBytes: number,
): Record<string, unknown> {
  const share = Math.floor(maxBytes / LIST_SHARE);
  const changed = fitting(changedFiles, share);
  const more = moreChangedFiles + changedFiles.length - changed.length;
  const hasFailed = endedAt !== null && status !== "done";
  return {
    ...listed("changedFiles", changed),
    ...(more === 0 ? {} : { moreChangedFiles: more }),
    ...(modelsTried.length === 0 ? {} : { modelsTried }),
    ...listed("refused", fitting(refused, share)),
    ...(hasFailed ? listed("lastCalls", fitting(lastCalls.toReversed(), share).toReversed()) : {}),
  };
}

function listed(name: string, lines: readonly string[]): Record<string, unknown> {
  return lines.length === 0 ? {} : { [name]: lines };
}
