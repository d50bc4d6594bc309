import type { Decision, PlanStatus } from "../../../plans/plan.ts";

interface DecisionTexts {
  readonly title: string;
  readonly explanation: string;
  readonly placeholder: string;
  readonly action: string;
  readonly done: string;
}

export const DECISION_TEXTS: Readonly<Record<Decision, DecisionTexts>> = {
  approved: {
    title: "Approve the plan",
    explanation: "The agent goes on with the plan as it stands now.",
    placeholder: "A note for the agent (optional)",
    action: "Approve",
    done: "You approved the plan. The agent gets to know.",
  },
  changes_requested: {
    title: "Ask for changes",
    explanation: "The agent reads your note and your comments, and works on the plan again.",
    placeholder: "What should be different?",
    action: "Ask for changes",
    done: "You asked for changes. The agent gets to know.",
  },
  rejected: {
    title: "Reject the plan",
    explanation: "The agent does not carry out this plan.",
    placeholder: "Why not? (optional)",
    action: "Reject",
    done: "You rejected the plan. The agent gets to know.",
  },
};

export const STATUS_NAMES: Readonly<Record<PlanStatus, string>> = {
  draft: "Draft",
  "in-progress": "In progress",
  changes_requested: "Changes requested",
  approved: "Approved",
  rejected: "Rejected",
  done: "Done",
};
