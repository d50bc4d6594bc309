import { TOKEN_HEADER, type Refused } from "../../api.ts";
import type { ReviewedChanges } from "../../changes-api.ts";

/** `/<path of the server>/plan/<slug>` */
const [, serverPath = "", , slug = ""] = location.pathname.split("/");
const base = `/${serverPath}/api/plans/${slug}/agents`;

/** The agents with changes that work from this plan; none where that cannot be told. Never rejects. */
export async function agentsOfPlan(): Promise<readonly ReviewedChanges[]> {
  try {
    const response = await fetch(base, { credentials: "same-origin" });
    return response.ok ? ((await response.json()) as readonly ReviewedChanges[]) : [];
  } catch {
    // The page says elsewhere that there is no connection.
    return [];
  }
}

/** Goes to the page of an agent's changes. @returns why that cannot be done. Never rejects */
export async function openChangesOf(instanceId: string): Promise<string | null> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="bizar-token"]')?.content ?? "";
  try {
    const response = await fetch(`${base}/${encodeURIComponent(instanceId)}`, {
      method: "POST",
      headers: { "content-type": "application/json", [TOKEN_HEADER]: token },
      body: "{}",
      credentials: "same-origin",
    });
    const answer = (await response.json()) as { readonly address: string } | Refused;
    if (!("address" in answer)) return answer.error;
    location.assign(answer.address);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
