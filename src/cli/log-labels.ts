import type { ListedRecord } from "../store/record.ts";
import { plainName } from "../text/plain-name.ts";
import { plainLine } from "../text/plain-text.ts";
import { shortIds } from "../text/short-ids.ts";

const NAME_CHARACTERS = 16;
/** Cyan, yellow, green, magenta, blue, and their bright ones: red is left to errors. */
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94] as const;
const VOICE = "[stdout] ";

/** Puts who says it in front of the lines of several logs. */
export class LogLabels {
  readonly #colours = new Map<string, number>();

  constructor(private readonly isColoured: boolean) {}

  /** A line of this agent. */
  of({ instanceId, agent }: Pick<ListedRecord, "instanceId" | "agent">, line: string): string {
    const name = `${plainLine(plainName(agent), NAME_CHARACTERS)} ${shortIds([instanceId])(instanceId)}`;
    const text = line.startsWith(VOICE) ? line.slice(VOICE.length) : line;
    if (!this.isColoured) return `${name} | ${text}\n`;
    return `\u001b[${this.#colour(instanceId)}m${name} |\u001b[0m ${text}\n`;
  }

  #colour(instanceId: string): number {
    const known = this.#colours.get(instanceId);
    if (known !== undefined) return known;
    const colour = COLOURS[this.#colours.size % COLOURS.length] ?? COLOURS[0];
    this.#colours.set(instanceId, colour);
    return colour;
  }
}
