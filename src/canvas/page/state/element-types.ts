import { ELEMENT_TYPES, type ElementType } from "../../../plans/plan.ts";

const NAMES: Record<ElementType, string> = {
  text: "Text",
  task: "Task",
  note: "Note",
  decision: "Decision",
  question: "Question",
  code: "Code",
  diagram: "Diagram",
  mockup: "Mock-up",
  image: "Image",
};

/** How an element of that type is drawn: one of another program is a text. */
export function shownType(type: string): ElementType {
  return ELEMENT_TYPES.find((known) => known === type) ?? "text";
}

/** The type in words. */
export function typeName(type: string): string {
  return ELEMENT_TYPES.some((known) => known === type) ? NAMES[shownType(type)] : type;
}
