import { isOfSubstance } from "./judge-plan.ts";
import type { ChangeSince, Standing } from "./ledger.ts";
import type { Decision } from "./plan.ts";

const MOST_NAMED = 10;
const MOST_CHARACTERS = 80;

const DID: Readonly<Record<Decision, string>> = {
  approved: "approved",
  rejected: "rejected it",
  changes_requested: "asked for changes",
};

/**
 * What a person is told of how a decision stands, beside the status: that the files claim one that they have not made,
 * or that the plan is another one since. `undefined` where there is nothing to tell.
 */
export function standingWords(
  { claimed, changedSince = [] }: Standing,
  decision: Decision | undefined,
): string | undefined {
  const words = [
    ...(claimed === undefined ? [] : [`not decided: ${claimed} is set in the file, not decided by you`]),
    ...(decision === undefined ? [] : changeWords(changedSince, decision)),
  ];
  return words.length === 0 ? undefined : words.join("; ");
}

function changeWords(changes: readonly ChangeSince[], decision: Decision): string[] {
  const count = changes.filter(isOfSubstance).length;
  const work = changes.length - count;
  return [
    ...(count === 0 ? [] : [`changed since you ${DID[decision]} (${count})`]),
    ...(work === 0 ? [] : [`ticked or moved since (${work})`]),
  ];
}

/** What a person can do about a decision that the files claim. */
export const CONFIRM_CLAIM =
  "If you decided so yourself, with an earlier Bizar or in another place, decide once more: that confirms it. Nobody else is taken for you.";

/** Changes by id, for an agent. */
export function describeChanges(changes: readonly ChangeSince[]): string {
  const named = changes.slice(0, MOST_NAMED).map(({ what, id, change, fields }) => {
    const name = what === "title" ? "its title" : `${what} ${JSON.stringify(id.slice(0, MOST_CHARACTERS))}`;
    return `${name} ${change}${fields === undefined ? "" : ` (${fields.map((field) => JSON.stringify(field)).join(", ")})`}`;
  });
  return [...named, ...(changes.length > MOST_NAMED ? [`${changes.length - MOST_NAMED} more`] : [])].join("; ");
}
