import { inTemplateColumns, type Template } from "./template.ts";

export const blank: Template = {
  description: "One note that says how to begin",
  elements: inTemplateColumns([
    {
      id: "el_start",
      type: "note",
      title: "Start here",
      content: [
        "What is different when this is done?",
        "",
        "- Add a box for each step, question or decision.",
        "- Draw an arrow from what comes first to what follows.",
        "- Pin a comment wherever something is unclear.",
      ],
    },
  ]),
  connections: [],
};
