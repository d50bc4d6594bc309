import type { PlanActionArguments } from "./plan-action.ts";

const MOST_NAME = 32;

/** A `draw` with the elements that its Markdown has, behind its own; any other call as it is. */
export async function withMarkdown(given: PlanActionArguments): Promise<PlanActionArguments> {
  const { action, content = "", elements = [], planTitle } = given;
  if (action !== "draw" || content.trim() === "") return given;
  // The parser is loaded where there is something for it.
  const read = (await import("../../plans/markdown-plan.ts")).markdownPlan(content);
  const names = new Set<string>();
  const drawn = read.elements.map((element) => ({ name: nameOf(element.title, names), ...element }));
  const title = planTitle ?? read.title;
  const { content: _content, ...rest } = given;
  return { ...rest, elements: [...elements, ...drawn], ...(title !== undefined && { planTitle: title }) };
}

/** A name that says what it is, since an agent is to use it. */
function nameOf(title: string, taken: Set<string>): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MOST_NAME)
    .replaceAll(/^-+|-+$/g, "");
  const base = words || "element";
  let name = base;
  for (let copy = 2; taken.has(name); copy += 1) name = `${base}-${copy}`;
  taken.add(name);
  return name;
}
