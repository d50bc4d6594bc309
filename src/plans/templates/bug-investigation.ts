import { arrow, inTemplateColumns, type Template } from "./template.ts";

export const bugInvestigation: Template = {
  description: "From a symptom over its cause to a fix that stays fixed",
  elements: inTemplateColumns(
    [
      {
        id: "el_symptom",
        type: "text",
        title: "Symptom",
        content: ["**Expected:** …", "", "**Instead:** …", "", "**Since when, how often, for whom:** …"],
      },
      {
        id: "el_reproduce",
        type: "code",
        title: "Steps that show it",
        language: "sh",
        content: ["# From a clean checkout to the failure", "…", "", "# What it prints", "…"],
      },
    ],
    [
      {
        id: "el_path",
        type: "diagram",
        title: "Where it can go wrong",
        content: [
          "flowchart TD",
          "  input[What comes in] --> check{Is it valid?}",
          "  check -- yes --> work[What is done with it]",
          "  check -- no --> refuse[Refused with a reason]",
          "  work --> output[What the user sees]",
        ],
      },
      {
        id: "el_evidence",
        type: "note",
        title: "Evidence",
        content: ["Only what was seen: logs, values, commits, with where each came from.", "", "- …"],
      },
    ],
    [
      {
        id: "el_suspect_a",
        type: "question",
        title: "Suspect A: …?",
        content: ["**Would explain:** …", "", "**The cheapest test that could rule it out:** …"],
      },
      {
        id: "el_suspect_b",
        type: "question",
        title: "Suspect B: …?",
        content: ["**Would explain:** …", "", "**The cheapest test that could rule it out:** …"],
      },
    ],
    [
      {
        id: "el_cause",
        type: "decision",
        title: "Cause",
        content: [
          "**What happens, step by step:** …",
          "",
          "**Why nothing caught it:** …",
          "",
          "**Proof:** with … it fails, without it does not.",
        ],
      },
      {
        id: "el_elsewhere",
        type: "question",
        title: "Where else is the same mistake?",
        content: ["The places with the same pattern, and whether they fail too:", "", "- `…`"],
      },
    ],
    [
      {
        id: "el_task_test",
        type: "task",
        title: "A test that fails today",
        content: ["It fails for the right reason before the fix. File: `…`"],
      },
      {
        id: "el_task_fix",
        type: "task",
        title: "The fix",
        content: ["The smallest change at the cause, not at the symptom. File: `…`"],
      },
      {
        id: "el_task_guard",
        type: "task",
        title: "Keep it from coming back",
        content: ["A check, a type or a message that would have shown it at once: …"],
      },
    ],
  ),
  connections: [
    arrow("el_symptom", "el_reproduce"),
    arrow("el_reproduce", "el_path", "narrows down"),
    arrow("el_path", "el_suspect_a"),
    arrow("el_evidence", "el_suspect_a"),
    arrow("el_evidence", "el_suspect_b"),
    arrow("el_suspect_a", "el_cause", "if it holds"),
    arrow("el_suspect_b", "el_cause", "if it holds"),
    arrow("el_cause", "el_elsewhere"),
    arrow("el_cause", "el_task_test"),
    arrow("el_task_test", "el_task_fix"),
    arrow("el_task_fix", "el_task_guard"),
  ],
};
