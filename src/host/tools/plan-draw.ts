import type { Operation } from "../../plans/operations.ts";
import type { Plan, PlanElement } from "../../plans/plan.ts";
import { isText } from "../../lib/shape.ts";
import { readProperties } from "./arguments.ts";
import { planActionSchema, type PlanActionArguments } from "./plan-action.ts";
import { elementIdOf, findElement, quote, splitsAtArrow, type Named } from "./plan-names.ts";
import { elementFields, inPlanWords, newId, wrongElement } from "./plan-operation.ts";
import { isRecord } from "../../lib/is-record.ts";
import type { Given, ToolSchema } from "./schema-tool.ts";

/** What a drawing is made of, and the ids that are not `el_` and the name. */
export interface Drawing {
  /** The elements in their order, then the connections. */
  readonly operations: readonly Operation[];
  /** What each operation was in the call, for its errors. */
  readonly places: readonly string[];
  readonly elements: number;
  readonly connections: number;
  readonly ids: Readonly<Record<string, string>>;
  /** What was taken otherwise than it was written, where something was. */
  readonly note: string | undefined;
}

const MOST_ERRORS = 20;
const MOST_NOTED = 5;

const { properties } = planActionSchema;
/** An arrow that was written as an object. */
const arrowSchema = {
  properties: {
    from: { ...properties.from, alsoCalled: [...properties.from.alsoCalled, "start"] },
    to: { ...properties.to, alsoCalled: [...properties.to.alsoCalled, "end"] },
    label: { ...properties.label, alsoCalled: ["title", "text"] },
  },
  required: ["from", "to"],
} as const satisfies ToolSchema;
/** What an element of a drawing may have. */
const elementSchema = {
  properties: {
    name: { type: "string", minLength: 1, alsoCalled: ["id", "elementId"], description: "" },
    type: properties.type,
    title: { ...properties.title, alsoCalled: ["label"] },
    content: { ...properties.content, alsoCalled: [...properties.content.alsoCalled, "text"] },
    x: properties.x,
    y: properties.y,
    width: properties.width,
    height: properties.height,
    done: properties.done,
    section: properties.section,
    answer: properties.answer,
    language: properties.language,
  },
  required: [],
} as const satisfies ToolSchema;

interface Known {
  readonly inCall: Pick<Plan, "elements">;
  readonly all: Pick<Plan, "elements">;
}

interface Drawn {
  readonly place: string;
  readonly id: string;
  readonly name: string | undefined;
  readonly title: string;
  /** What was taken otherwise than it was written. */
  readonly taken: readonly string[];
  readonly operation: Operation;
}

/**
 * The operations of one `draw`.
 *
 * @param plan as it was a moment ago
 * @returns in words all that is wrong with it, each with its place in the call
 */
export function drawing(
  given: Pick<PlanActionArguments, "elements" | "connections">,
  plan: Pick<Plan, "elements">,
): Drawing | string {
  const { elements = [], connections: arrows = [] } = given;
  if (elements.length + arrows.length === 0) {
    return "draw takes elements, connections, or both. Call it again with some.";
  }
  const wrong: string[] = [];
  const drawn: Drawn[] = [];
  const undrawn: PlanElement[] = [];
  for (const [index, element] of elements.entries()) {
    const made = drawElement(element, `elements[${index}]`, plan, drawn);
    if (typeof made !== "string") {
      drawn.push(made);
      continue;
    }
    wrong.push(`elements[${index}]: ${made}`);
    // Its arrows are not wrong for that.
    const { name, title } = calledAs(element);
    undrawn.push({ id: name === undefined ? newId("el") : elementIdOf(name), title } as PlanElement);
  }
  const inCall = [...drawn.map(({ id, title }) => ({ id, title }) as PlanElement), ...undrawn];
  const known: Known = { inCall: { elements: inCall }, all: { elements: [...inCall, ...plan.elements] } };
  const connections: Operation[] = [];
  for (const [index, arrow] of arrows.entries()) {
    const made = drawConnection(arrow, known);
    if (typeof made !== "string") connections.push(made);
    else wrong.push(`connections[${index}]: ${made}`);
  }
  if (wrong.length > 0) return refusal(wrong);
  const odd = drawn.filter(({ name, id }) => name !== undefined && id !== `el_${name.replace(/^el_/, "")}`);
  return {
    operations: [...drawn.map(({ operation }) => operation), ...connections],
    places: [...drawn.map(({ place }) => place), ...arrows.map((_, index) => `connections[${index}]`)],
    elements: drawn.length,
    connections: connections.length,
    ids: Object.fromEntries(odd.map(({ name = "", id }) => [name, id])),
    note: noteOf(drawn),
  };
}

function noteOf(drawn: readonly Drawn[]): string | undefined {
  const taken = drawn.flatMap(({ place, taken }) => (taken.length === 0 ? [] : `${place}: ${taken.join("; ")}`));
  const more = taken.length > MOST_NOTED ? [`and ${taken.length - MOST_NOTED} more`] : [];
  return taken.length === 0 ? undefined : [...taken.slice(0, MOST_NOTED), ...more].join("; ");
}

function refusal(wrong: readonly string[]): string {
  const more = wrong.length > MOST_ERRORS ? [`and ${wrong.length - MOST_ERRORS} more`] : [];
  return ["Nothing was drawn.", ...wrong.slice(0, MOST_ERRORS), ...more].join("\n");
}

function drawElement(
  given: unknown,
  place: string,
  plan: Pick<Plan, "elements">,
  earlier: readonly Drawn[],
): Drawn | string {
  if (!isRecord(given)) {
    return `expected an object with name, type, title, content, got ${quote(JSON.stringify(given) ?? "nothing")}.`;
  }
  const { value, wrong, taken } = readProperties(elementSchema, given);
  const hint = taken.length === 0 ? "" : ` (${taken.join("; ")})`;
  if (wrong.length > 0) return `${wrong.join("; ")}${hint}.`;
  const own = inPlanWords(value as Given<typeof elementSchema>);
  const fault = wrongElement(own);
  if (fault !== undefined) return `${fault}${hint}`;
  const named = own.name?.trim() || undefined;
  const id = named === undefined ? newId("el") : elementIdOf(named);
  const twin = earlier.find((other) => other.id === id);
  if (twin !== undefined)
    return `the name ${quote(named ?? id)} is that of ${twin.place} already: give it another one.`;
  if (plan.elements.some((other) => other.id === id)) {
    return `the plan has an element ${quote(named ?? id)} already: give it another name, or change that one with update_element.`;
  }
  const element = { type: "text", ...elementFields(own), id };
  const { title = "" } = own;
  return { place, id, name: named, title, taken, operation: { op: "add_element", element } };
}

/** What an element that cannot be drawn is called all the same. */
function calledAs(given: unknown): { readonly name: string | undefined; readonly title: string } {
  const { value } = readProperties(elementSchema, given);
  const { name, title = "" } = value as Given<typeof elementSchema>;
  return { name: name?.trim(), title };
}

function drawConnection(given: unknown, known: Known): Operation | string {
  if (isRecord(given)) {
    const { value, wrong } = readProperties(arrowSchema, given);
    const { from, to, label = "" } = value as Given<typeof arrowSchema>;
    return wrong.length === 0 ? connect(known, from, to, label) : `${wrong.join("; ")}.`;
  }
  if (!isText(given)) return `expected a text such as "a>b label", got ${quote(JSON.stringify(given) ?? "nothing")}.`;
  const splits = splitsAtArrow(given);
  if (splits.length === 0) return `expected a text such as "a>b label", got ${quote(given)}.`;
  let wrong: string | undefined;
  for (const [from, rest] of splits) {
    for (const [to, label] of endings(rest)) {
      const made = connect(known, from, to, label);
      if (typeof made !== "string") return made;
      // Of the ways to read it the shortest name is what most would mean.
      wrong = made;
    }
    if ("id" in elementOf(known, from)) break;
  }
  return wrong ?? `expected an element on both sides of the arrow, got ${quote(given)}.`;
}

/** The ways in which what follows an arrow is a name and a label, the longest name first: titles have blanks. */
function endings(rest: string): readonly (readonly [string, string])[] {
  const cuts = [...rest.matchAll(/\s+|\s*[:|]\s*/g)].filter(({ index }) => index > 0);
  const shorter = cuts.map(({ index }) => {
    return [rest.slice(0, index).trim(), rest.slice(index).replace(/^[\s:|]+/, "")] as const;
  });
  return [[rest, ""], ...shorter.toReversed()];
}

/** What this call draws comes before what is there already. */
function elementOf({ inCall, all }: Known, name: string): Named {
  const own = findElement(inCall, name);
  return "id" in own ? own : findElement(all, name);
}

function connect(known: Known, from: string, to: string, label: string): Operation | string {
  const [source, target] = [elementOf(known, from), elementOf(known, to)] as const;
  if ("wrong" in source) return source.wrong;
  if ("wrong" in target) return target.wrong;
  const said = label.trim();
  const ends = { from: source.id, to: target.id };
  return { op: "add_connection", connection: { id: newId("conn"), ...ends, ...(said === "" ? {} : { label: said }) } };
}
