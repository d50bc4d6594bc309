import { arrow, inTemplateColumns, type Template } from "./template.ts";

export const featureDesign: Template = {
  description: "From what a user needs to the tasks that build it",
  elements: inTemplateColumns(
    [
      {
        id: "el_goal",
        type: "text",
        title: "Goal",
        content: [
          "**Who** needs it: …",
          "",
          "**What** they can do afterwards that they cannot do now: …",
          "",
          "**How we see** that it works: …",
        ],
      },
      {
        id: "el_scope",
        type: "text",
        title: "Scope",
        content: ["**In**", "- …", "", "**Out, on purpose**", "- …"],
      },
      {
        id: "el_facts",
        type: "note",
        title: "What is there today",
        content: ["The files, interfaces and habits of the code that this touches, with their paths:", "", "- `…`"],
      },
    ],
    [
      {
        id: "el_question",
        type: "question",
        title: "What would change the design?",
        content: [
          "The one question whose answer decides most. Ask it plainly, with the answers that you see: **A** …, **B** …",
        ],
      },
      {
        id: "el_approach",
        type: "decision",
        title: "Approach",
        content: [
          "| option | for it | against it |",
          "| --- | --- | --- |",
          "| **A** … | … | … |",
          "| **B** … | … | … |",
          "",
          "**Proposed:** …, because …",
        ],
      },
    ],
    [
      {
        id: "el_flow",
        type: "diagram",
        title: "How it works",
        content: [
          "sequenceDiagram",
          "  actor User",
          "  participant App",
          "  participant Store",
          "  User->>App: asks for something",
          "  App->>Store: reads what it needs",
          "  Store-->>App: what is there",
          "  App-->>User: shows the result",
        ],
      },
      {
        id: "el_interface",
        type: "code",
        title: "The interface that others see",
        language: "typescript",
        content: [
          "/** What it promises; what it does if it cannot. */",
          "export interface Feature {",
          "  run(input: string): Promise<Result>;",
          "}",
        ],
      },
    ],
    [
      {
        id: "el_task_core",
        type: "task",
        title: "Build the core",
        content: ["The smallest part that works from end to end. Files: `…`"],
      },
      {
        id: "el_task_edges",
        type: "task",
        title: "Handle what goes wrong",
        content: ["Bad input, nothing there, no permission, twice at once: what happens in each case?"],
      },
      {
        id: "el_task_tests",
        type: "task",
        title: "Test as a user",
        content: ["The behaviours that must hold, one sentence each:", "", "- …"],
      },
      {
        id: "el_risks",
        type: "note",
        title: "Risks",
        content: ["What could surprise us, how we would notice, and how to go back:", "", "- …"],
      },
    ],
  ),
  connections: [
    arrow("el_goal", "el_question", "raises"),
    arrow("el_facts", "el_approach", "limits"),
    arrow("el_scope", "el_approach"),
    arrow("el_question", "el_approach", "settles"),
    arrow("el_approach", "el_flow"),
    arrow("el_flow", "el_interface"),
    arrow("el_interface", "el_task_core"),
    arrow("el_task_core", "el_task_edges"),
    arrow("el_task_edges", "el_task_tests"),
    arrow("el_task_tests", "el_risks", "watches for"),
  ],
};
