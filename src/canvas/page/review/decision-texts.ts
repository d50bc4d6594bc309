import type { PlanStatus } from "../../../plans/plan.ts";
import type { Choice } from "../state/page-state.ts";

export const CHOICES: readonly Choice[] = ["approved", "changes_requested", "commented", "rejected"];

interface ChoiceTexts {
  readonly title: string;
  readonly explanation: string;
  readonly placeholder: string;
  readonly action: string;
  readonly done: string;
}

export const CHOICE_TEXTS: Readonly<Record<Choice, ChoiceTexts>> = {
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
  commented: {
    title: "Send your comments",
    explanation: "The agent reads what you have said, and waits on for your decision.",
    placeholder: "A note for the agent (optional)",
    action: "Comment only",
    done: "Your comments are sent. The agent gets to know.",
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
