import type { Template } from "./template.ts";

export const blank: Template = {
  description: "one note that says how to begin",
  elements: [
    {
      id: "el_start",
      type: "note",
      x: 0,
      y: 0,
      width: 340,
      height: 220,
      title: "Start here",
      content: [
        "What should be different when this is done?",
        "",
        "- Add an element for each step, question or decision.",
        "- Draw an arrow from what comes first to what follows.",
        "- Pin a comment wherever something is unclear.",
      ].join("\n"),
    },
  ],
  connections: [],
};
