import { followLink } from "../canvas/follow-link.ts";
import type { Answer, ServedRig } from "./rig.ts";

/** Calls a slash command in a session, as the terminal UI does. */
export async function command({ server }: ServedRig, id: string, name: string, argumentText = ""): Promise<void> {
  await server.client.session.command({ path: { id }, body: { command: name, arguments: argumentText } });
}

/** A new session. */
export async function newSession({ server }: ServedRig, parentID?: string): Promise<string> {
  const { data } = await server.client.session.create({ body: parentID === undefined ? {} : { parentID } });
  if (data === undefined) throw new Error("opencode made no session");
  return data.id;
}

/** What the plugin has shown in a session, in order. */
export async function shown({ server }: ServedRig, id: string): Promise<string[]> {
  const { data = [] } = await server.client.session.messages({ path: { id } });
  return data.flatMap(({ parts }) =>
    parts.flatMap((part: Answer) => (part.ignored === true && part.metadata?.bizar !== undefined ? [part.text] : [])),
  );
}

/** The last answer of a slash command in a session. */
export async function answerOf(rig: ServedRig, id: string, name: string, argumentText = ""): Promise<string> {
  await command(rig, id, name, argumentText);
  return (await shown(rig, id)).at(-1) ?? "";
}

/** The printed link to a plan in a text; the empty text where there is none. */
export function linkIn(text = ""): string {
  return /http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/plan\/[\w-]+\?secret=[\w-]+/.exec(text)?.[0] ?? "";
}

/** The page's interface to a plan, as the user's browser has it. */
async function pageOf(rig: ServedRig, id: string, slug: string) {
  const { root, headers } = await followLink(linkIn(await answerOf(rig, id, "plan", `open ${slug}`)));
  return { api: `${root}/api/plans/${slug}`, headers };
}

/** Decides as the user does on the page, without a browser. */
export async function decideOnPage(
  rig: ServedRig,
  id: string,
  slug: string,
  decision: string,
  note?: string,
): Promise<void> {
  const { api, headers } = await pageOf(rig, id, slug);
  const { plan } = (await (await fetch(api, { headers })).json()) as Answer;
  const body = JSON.stringify({ decision, revision: plan.revision, ...(note !== undefined && { note }) });
  const answer = await fetch(`${api}/decision`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Comments as the user does on the page, without a browser. */
export async function commentOnPage(
  rig: ServedRig,
  id: string,
  slug: string,
  text: string,
  elementId: string | null = null,
): Promise<void> {
  const comment = { id: `c_${Bun.hash(text).toString(36)}`, elementId, text };
  await editOnPage(rig, id, slug, { op: "add_comment", comment });
}

/** Edits as the user does on the page, without a browser. */
export async function editOnPage(rig: ServedRig, id: string, slug: string, ...operations: object[]): Promise<void> {
  const { api, headers } = await pageOf(rig, id, slug);
  const answer = await fetch(`${api}/edits`, { method: "POST", headers, body: JSON.stringify({ operations }) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** A call of a tool. */
export function planAction(action: string, planSlug: string, more: Record<string, unknown> = {}) {
  return { tool: "bizar_plan_action", args: { action, planSlug, ...more } };
}

export function waitFor(planSlug: string, more: Record<string, unknown> = {}) {
  return { tool: "bizar_wait_for_feedback", args: { planSlug, ...more } };
}
