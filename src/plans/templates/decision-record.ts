import { arrow, inTemplateColumns, type Template } from "./template.ts";

export const decisionRecord: Template = {
  description: "One decision: why now, which options, what follows",
  elements: inTemplateColumns(
    [
      {
        id: "el_context",
        type: "text",
        title: "Why decide now",
        content: ["What forces the choice, what it costs to wait, and who is affected: …"],
      },
      {
        id: "el_criteria",
        type: "text",
        title: "What a good answer does",
        content: ["In order of weight:", "", "1. …", "2. …", "3. …"],
      },
    ],
    [
      {
        id: "el_option_a",
        type: "note",
        title: "Option A: …",
        content: ["**How it would work:** …", "", "**For it:** …", "", "**Against it:** …"],
      },
      {
        id: "el_option_b",
        type: "note",
        title: "Option B: …",
        content: ["**How it would work:** …", "", "**For it:** …", "", "**Against it:** …"],
      },
      {
        id: "el_option_none",
        type: "note",
        title: "Option C: leave it as it is",
        content: ["What happens if nothing is done: …"],
      },
    ],
    [
      {
        id: "el_open",
        type: "question",
        title: "What do we not know yet?",
        content: ["The fact that would tip the balance, and how to find it out: …"],
      },
      {
        id: "el_decision",
        type: "decision",
        title: "Decision",
        content: ["**We choose:** …", "", "**Because:** …", "", "**We would choose again if:** …"],
      },
    ],
    [
      {
        id: "el_better",
        type: "text",
        title: "What gets better",
        content: ["- …"],
      },
      {
        id: "el_worse",
        type: "text",
        title: "What gets worse, and we accept it",
        content: ["- …"],
      },
      {
        id: "el_task_first",
        type: "task",
        title: "The first step",
        content: ["What is done first, and what would show early that the decision was wrong: …"],
      },
    ],
  ),
  connections: [
    arrow("el_context", "el_criteria"),
    arrow("el_criteria", "el_option_a", "weighs"),
    arrow("el_criteria", "el_option_b", "weighs"),
    arrow("el_criteria", "el_option_none", "weighs"),
    arrow("el_option_a", "el_decision"),
    arrow("el_option_b", "el_decision"),
    arrow("el_option_none", "el_decision"),
    arrow("el_open", "el_decision", "may tip"),
    arrow("el_decision", "el_better"),
    arrow("el_decision", "el_worse"),
    arrow("el_decision", "el_task_first"),
  ],
};
