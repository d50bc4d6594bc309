import type { ListedRecord } from "../store/record.ts";
import { agentsNow } from "./agents-now.ts";
import { agentsTable, totals } from "./agents-table.ts";
import { choice, orders, sorted, type OrderName } from "./choice.ts";
import type { CommandContext, CommandInput } from "./command.ts";
import { recordChanges } from "./record-changes.ts";
import { openScreen } from "./screen.ts";

/** Writes what `look` finds as a line of JSON, at once and whenever it has changed but for ages. Ends with its reader. */
export async function streamAgents(
  { paths, print }: CommandContext,
  look: () => Promise<readonly Record<string, unknown>[]>,
): Promise<number> {
  const changes = recordChanges(paths.recordDir);
  let before: string | undefined;
  for (;;) {
    const agents = await look();
    const now = JSON.stringify(agents, (key, value: unknown) => (key === "ageMs" ? undefined : value));
    if (now !== before) await print(`${JSON.stringify(agents)}\n`);
    before = now;
    await changes.next();
  }
}

/** What the keys change. */
interface View {
  order: OrderName;
  values: CommandInput["values"];
  /** The text that is being typed. */
  typing: string | undefined;
}

const ORDER_KEYS: Readonly<Record<string, OrderName>> = { g: "age", c: "cost", t: "tokens", o: "tools", s: "silent" };
const HELP = "q quit · sort: g age, c cost, t tokens, o tools, s silent · / find · a with the ended";
const BACKSPACES = ["\u007f", "\b"];

/** Shows agents in the whole terminal, as `top` does, until `q` or Ctrl-C. */
export async function watchAgents(context: CommandContext, start: Pick<View, "order" | "values">): Promise<number> {
  const { paths, colours } = context;
  const view: View = { ...start, typing: undefined };
  const changes = recordChanges(paths.recordDir);
  const screen = openScreen((key) => press(view, key));
  try {
    while (!screen.isLeft()) {
      const now = Date.now();
      const chosen = sorted((await agentsNow(context, now)).filter(choice(view.values)), view.order, now);
      screen.draw(linesOf(chosen, view, { colours, columns: screen.columns(), rows: screen.rows(), now }));
      await Promise.race([changes.next(), screen.next()]);
    }
  } finally {
    changes.close();
    screen.close();
  }
  return 0;
}

function linesOf(
  chosen: readonly ListedRecord[],
  view: View,
  { rows, ...look }: { colours: boolean; columns: number; rows: number; now: number },
): string[] {
  const find = view.typing === undefined ? view.values["find"] : undefined;
  const shownBy = `by ${view.order}${typeof find === "string" ? `, with ${JSON.stringify(find)}` : ""}`;
  const foot = view.typing === undefined ? HELP : `find: ${view.typing}_`;
  const [head = "", ...lines] =
    chosen.length === 0 ? ["Nobody is at work."] : agentsTable(chosen, look).trimEnd().split("\n");
  // The totals, a blank line, the head, and at the end a blank line and the keys.
  const room = Math.max(1, rows - 5);
  const isWhole = lines.length <= room;
  const shown = isWhole ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
  return [`${totals(chosen)} · ${shownBy}`, "", head, ...shown, "", foot];
}

/** What a key does. Returns whether it ends the command. */
function press(view: View, key: string): boolean {
  if (key === "\u0003") return true;
  if (view.typing !== undefined) {
    type(view, key);
    return false;
  }
  const order = Object.hasOwn(ORDER_KEYS, key) ? ORDER_KEYS[key] : undefined;
  if (order !== undefined && order in orders) view.order = order;
  else if (key === "a") view.values = { ...view.values, all: view.values["all"] !== true };
  else if (key === "/") view.typing = "";
  return key === "q";
}

function type(view: View, key: string): void {
  const { find: _, ...others } = view.values;
  const typed = view.typing ?? "";
  if (key === "\r" || key === "\n") {
    view.values = typed.trim() === "" ? others : { ...others, find: typed };
    view.typing = undefined;
  } else if (key === "\u001b") view.typing = undefined;
  else if (BACKSPACES.includes(key)) view.typing = typed.slice(0, -1);
  else if (!/\p{C}/u.test(key)) view.typing = typed + key;
}
