import { createHash } from "node:crypto";
import type { Connection, Plan, PlanElement } from "../../plans/plan.ts";
import { thingsMeant } from "../../text/things-meant.ts";

const ID_TAIL = /^[A-Za-z0-9_-]{1,64}$/;

/** What a name stands for: an id, or in words why it is none. */
export type Named =
  | { readonly id: string }
  | {
      readonly wrong: string;
      /** It may be one of several. */
      readonly isOfSeveral?: true;
    };

/** The id of an element to which an agent gave a name of its own; one name, one id. */
export function elementIdOf(name: string): string {
  const tail = name.trim().replace(/^el_/, "");
  if (ID_TAIL.test(tail)) return `el_${tail}`;
  return `el_${createHash("sha256").update(name.trim()).digest("hex").slice(0, 12)}`;
}

/** The element that is meant by its id, the agent's own name of it, its title where that is unique, or the end of its id. */
export function findElement({ elements }: Pick<Plan, "elements">, name: string): Named {
  return find("element", elements, name, elementIdOf, ({ title }) => title);
}

/** The connection that is meant by its id, its label where that is unique, or its ends as `a>b`. */
export function findConnection(plan: Plan, name: string): Named {
  const { connections } = plan;
  const found = find(
    "connection",
    connections,
    name,
    (given) => `conn_${given}`,
    ({ label = "" }) => label,
  );
  if ("id" in found) return found;
  const between = connections.filter((connection) => joins(plan, connection, name));
  const [first] = between;
  if (first === undefined) return found;
  return between.length === 1 ? { id: first.id } : several("connection", between, name);
}

function joins(plan: Plan, { from, to }: Connection, name: string): boolean {
  return splitsAtArrow(name).some(([start, end]) => {
    const [source, target] = [findElement(plan, start), findElement(plan, end)];
    return "id" in source && "id" in target && source.id === from && target.id === to;
  });
}

/** Every way to read a text as two sides of an arrow. */
export function splitsAtArrow(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/\s*(?:[-=]*>|→)\s*/g)].map(({ 0: arrow, index }) => {
    return [text.slice(0, index).trim(), text.slice(index + arrow.length).trim()] as const;
  });
}

/** The comment that is meant by its id or the end of it. */
export function findComment({ comments }: Plan, name: string): Named {
  return find(
    "comment",
    comments,
    name,
    (given) => `c_${given}`,
    () => "",
  );
}

function find<T extends Pick<PlanElement, "id">>(
  kind: string,
  all: readonly T[],
  name: string,
  idFrom: (name: string) => string,
  titleOf: (one: T) => string,
): Named {
  const isId = ({ id }: T, given: string) => id === idFrom(given);
  // A name that a drawing gives twice is one of its faults already.
  const meant = [
    ...new Map(thingsMeant(all, name, { idOf: ({ id }) => id, titleOf, isId }).map((one) => [one.id, one])).values(),
  ];
  const [only, ...others] = meant;
  if (only === undefined)
    return { wrong: `There is no ${kind} ${quote(name)} in the plan; get_canvas shows those that are.` };
  return others.length === 0 ? { id: only.id } : several(kind, meant, name);
}

function several(kind: string, meant: readonly { readonly id: string }[], name: string): Named {
  const ids = meant.slice(0, 5).map(({ id }) => id);
  const more = meant.length > ids.length ? " …" : "";
  return {
    isOfSeveral: true,
    wrong: `${meant.length} ${kind}s are called ${quote(name)}: say which by its id, ${ids.join(", ")}${more}.`,
  };
}

/** What an agent wrote, for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
