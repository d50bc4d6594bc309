/** What approves a plan, and what does not: for a model that reads an approval in the chat. */
export function approvalWords(slug: string): string {
  return `An approval in the chat does not count: the user approves on the plan's page, or types /plan status ${slug} approved.`;
}
