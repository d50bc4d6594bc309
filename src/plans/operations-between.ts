import { diffPlans, type Difference } from "./diff-plans.ts";
import type { Operation } from "./operations.ts";
import { isAnsweredByPerson, type Plan, type PlanElement } from "./plan.ts";

type Content = Pick<Plan, "title" | "elements" | "connections">;

/** What a field is set to that is not there: JSON has no word for it. */
const ABSENT: Readonly<Record<string, unknown>> = { done: false, answer: "", language: "", label: "" };

/**
 * What makes one state of a plan of another, but for comments. What an agent had assumed is no answer of whoever does
 * this, and is left out.
 */
export function operationsBetween(now: Content, wanted: Content): readonly Operation[] {
  const then = { ...wanted, elements: wanted.elements.map(withoutAssumption) };
  const differences = diffPlans({ ...now, elements: now.elements.map(unsigned) }, then);
  const of = (what: Difference["what"], change: Difference["change"]) =>
    differences.filter((one) => one.what === what && one.change === change);
  const elements = new Map(then.elements.map((element) => [element.id, element]));
  const connections = new Map(then.connections.map((connection) => [connection.id, connection]));
  return [
    ...(now.title === then.title || then.title.trim() === "" ? [] : [{ op: "set_title" as const, title: then.title }]),
    ...of("connection", "deleted").map(({ id }): Operation => ({ op: "delete_connection", id })),
    ...of("element", "deleted").map(({ id }): Operation => ({ op: "delete_element", id })),
    ...of("element", "added").flatMap(({ id }) => added(elements.get(id))),
    ...of("element", "updated").flatMap(({ id, fields }): Operation[] => {
      const element = elements.get(id);
      return element === undefined ? [] : [{ op: "update_element", id, changes: valuesOf(element, fields) }];
    }),
    ...of("connection", "added").flatMap(({ id }): Operation[] => {
      const connection = connections.get(id);
      return connection === undefined ? [] : [{ op: "add_connection", connection }];
    }),
    ...of("connection", "updated").flatMap(({ id, fields }): Operation[] => {
      const connection = connections.get(id);
      return connection === undefined ? [] : [{ op: "update_connection", id, changes: valuesOf(connection, fields) }];
    }),
  ];
}

function added(element: PlanElement | undefined): readonly Operation[] {
  return element === undefined ? [] : [{ op: "add_element", element }];
}

function valuesOf(member: object, fields: readonly string[] = []): Record<string, unknown> {
  return Object.fromEntries(fields.map((name) => [name, Reflect.get(member, name) ?? ABSENT[name] ?? null]));
}

/** Who answered is no field that anybody sets. */
function unsigned(element: PlanElement): PlanElement {
  const { answeredBy: _signer, ...rest } = element;
  return rest;
}

function withoutAssumption(element: PlanElement): PlanElement {
  const { answer, ...rest } = unsigned(element);
  return answer === undefined || !isAnsweredByPerson(element) ? rest : { ...rest, answer };
}
