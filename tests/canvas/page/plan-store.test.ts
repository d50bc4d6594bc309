import { beforeEach, expect, test } from "bun:test";
import { takeAnswer, takeStored, usePlan } from "../../../src/canvas/page/sync/plan-store.ts";
import type { StoredPlan } from "../../../src/plans/plan-store-port.ts";
import { samplePlan, stored } from "./sample-plan.ts";

beforeEach(() => usePlan.setState(usePlan.getInitialState(), true));

/** The plan as it was at a minute, in its so-many-eth revision. */
function at(minute: number, revision: number, title: string): StoredPlan {
  const now = stored(samplePlan({ revision, title }));
  return { ...now, meta: { ...now.meta, lastEdited: `2026-01-02T03:0${minute}:00.000Z` } };
}

const shown = () => usePlan.getState().plan?.title;

test("news from before the last answer do not undo it", () => {
  takeStored(at(1, 4, "four"));
  takeAnswer(at(3, 6, "six"));
  takeStored(at(2, 5, "five"));
  expect(shown()).toBe("six");
});

test("a plan that was deleted and made again while nobody told the page is shown as it is now", () => {
  takeStored(at(1, 40, "the old one"));
  takeStored(at(2, 1, "the new one"));
  expect(shown()).toBe("the new one");
});
