import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../files/durable-file.ts";
import { cleanObject, isJsonObject, type JsonObject } from "./clean-json.ts";

/** What the user has set for plans, kept over restarts. */
export interface PlanSettings {
  /** Whether the main agent draws a plan first and waits for the user. */
  readonly visualPlan: "on" | "off";
}

const DEFAULTS: PlanSettings = { visualPlan: "off" };

/** `plan-settings.json` below the state folder. */
export class PlanSettingsFile {
  readonly path: string;
  #tail: Promise<unknown> = Promise.resolve();

  /** @param stateDir absolute */
  constructor(private readonly stateDir: string) {
    this.path = join(stateDir, "plan-settings.json");
  }

  /** Never fails: what is missing or wrong is its default. */
  async read(): Promise<PlanSettings> {
    return settingsIn(await this.#readObject());
  }

  /**
   * Changes some of the settings and keeps the rest, keys that it does not know included. Rejects with the system's error
   * when the disk refuses.
   */
  async write(changes: Partial<PlanSettings>): Promise<PlanSettings> {
    // One after the other, or the second would undo the first.
    const written = this.#tail.then(async () => {
      const before = await this.#readObject();
      const after = { ...before, ...settingsIn(before), ...changes };
      await mkdir(this.stateDir, { recursive: true, mode: 0o700 });
      await writeDurably(this.path, `${JSON.stringify(after, null, 2)}\n`);
      return settingsIn(after);
    });
    this.#tail = written.catch(() => undefined);
    return await written;
  }

  async #readObject(): Promise<JsonObject> {
    try {
      const value: unknown = JSON.parse(await readFile(this.path, "utf8"));
      return isJsonObject(value) ? cleanObject(value) : {};
    } catch {
      // Not there, not to be read, or not JSON: the settings are the defaults.
      return {};
    }
  }
}

function settingsIn(value: JsonObject): PlanSettings {
  const { visualPlan } = value;
  return { visualPlan: visualPlan === "on" || visualPlan === "off" ? visualPlan : DEFAULTS.visualPlan };
}
