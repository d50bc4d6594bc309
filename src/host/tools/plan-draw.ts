import type { Operation } from "../../plans/operations.ts";
import type { Plan, PlanElement } from "../../plans/plan.ts";
import { isText, shape } from "../../shape.ts";
import type { PlanActionArguments } from "./plan-action.ts";
import { elementIdOf, findElement, quote, splitsAtArrow, type Named } from "./plan-names.ts";
import { elementFields, ELEMENT_FIELDS, newId, wrongElement } from "./plan-operation.ts";

/** What a drawing is made of, and the ids that are not `el_` and the name. */
export interface Drawing {
  /** The elements in their order, then the connections. */
  readonly operations: readonly Operation[];
  /** What each operation was in the call, for its errors. */
  readonly places: readonly string[];
  readonly elements: number;
  readonly connections: number;
  readonly ids: Readonly<Record<string, string>>;
}

const MOST_ERRORS = 20;
const OWN_NAMES = ["name", "id", "elementId"] as const;
const isArrow = shape({ from: isText, to: isText });

const isTitled = shape({ title: isText });

interface Known {
  readonly inCall: Pick<Plan, "elements">;
  readonly all: Pick<Plan, "elements">;
}

interface Drawn {
  readonly place: string;
  readonly id: string;
  readonly name: string | undefined;
  readonly title: string;
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
    const [id, title] = [ownNameOf(element), isTitled(element) ? element.title : ""];
    undrawn.push({ id: id === undefined ? newId("el") : elementIdOf(id), title } as PlanElement);
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
  };
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
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return `expected an object with name, type, title, content, got ${quote(JSON.stringify(given) ?? "nothing")}.`;
  }
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
  const unknown = Object.keys(fields).filter((name) => ![...OWN_NAMES, ...ELEMENT_FIELDS].some((own) => own === name));
  if (unknown.length > 0) {
    return `an element has no ${unknown.map(quote).join(", ")}; it takes name, ${ELEMENT_FIELDS.join(", ")}.`;
  }
  const mistyped = [...OWN_NAMES, "type", "title", "content"].find(
    (name) => fields[name] !== undefined && typeof fields[name] !== "string",
  );
  if (mistyped !== undefined)
    return `expected ${mistyped} to be a text, got ${quote(JSON.stringify(fields[mistyped]))}.`;
  const own = fields as Pick<PlanActionArguments, (typeof ELEMENT_FIELDS)[number]>;
  const fault = wrongElement(own);
  if (fault !== undefined) return fault;
  const named = ownNameOf(fields);
  const id = named === undefined ? newId("el") : elementIdOf(named);
  const twin = earlier.find((other) => other.id === id);
  if (twin !== undefined)
    return `the name ${quote(named ?? id)} is that of ${twin.place} already: give it another one.`;
  if (plan.elements.some((other) => other.id === id)) {
    return `the plan has an element ${quote(named ?? id)} already: give it another name, or change that one with update_element.`;
  }
  const element = { type: "text", ...elementFields(own), id };
  const { title = "" } = own;
  return { place, id, name: named, title, operation: { op: "add_element", element } };
}

function ownNameOf(given: unknown): string | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const names = OWN_NAMES.map((key): unknown => Reflect.get(given, key)).filter(isText);
  return names.map((name) => name.trim()).find((name) => name !== "");
}

function drawConnection(given: unknown, known: Known): Operation | string {
  if (isArrow(given)) {
    const label = Reflect.get(given, "label");
    return connect(known, given.from, given.to, isText(label) ? label : "");
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
