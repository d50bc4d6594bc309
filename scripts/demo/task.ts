import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const CART = `/** The total of a cart in euros; from 100 euros on there is a discount. */
export function total(prices: number[]): number {
  const sum = prices.reduce((all, price) => all + price, 0);
  return sum >= 100 ? sum * 0.9 : sum;
}
`;

/** What thor writes, below the project folder. */
export const WRITTEN = "USAGE.md";

export const MIMIR_TASK = `Research: read src/cart.ts in the current folder and find the line with the discount rule
(grep -n 0.9 src/cart.ts). Change nothing. Hand back the rule in one sentence, with file and line number.`;

export const THOR_TASK = `Write the file ${WRITTEN} in the current folder: a title, and one short example of how to call
total() from src/cart.ts. Check it with: cat ${WRITTEN}. Change no other file. Hand back in one sentence what you wrote.`;

/** What the user asks of odin. */
export const ODIN_PROMPT = `Show what your background agents can do, on the small project in this folder.

1. In one message, call bizar_spawn_background twice. First: agent "mimir", title "discount rule", this prompt:
<prompt>
${MIMIR_TASK}
</prompt>
Second: agent "thor", title "usage page", this prompt:
<prompt>
${THOR_TASK}
</prompt>
2. Look at both once with bizar_status, without arguments.
3. Collect both with one call of bizar_collect: instanceIds with both ids, wait "all".
4. Report in at most five lines what each of them found or wrote. Do nothing else.`;

/** Makes the small project that the agents work on. */
export async function writeProject(folder: string): Promise<void> {
  await mkdir(join(folder, "src"), { recursive: true });
  await writeFile(join(folder, "src/cart.ts"), CART);
  await writeFile(join(folder, "README.md"), "# Tiny shop\n\nAdds up what is in a cart.\n");
}
