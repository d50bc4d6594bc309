import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../files/durable-file.ts";

/** `plan-settings.json`: what the user has switched on for plans. */
export interface PlanSettings {
  /** `/visual-plan on`: the main agent draws a plan first, and waits for the user. */
  readonly visualPlan: boolean;
}

const DEFAULTS: PlanSettings = { visualPlan: false };

/** The settings in a state folder. A field that is missing or of another kind is as if it had never been set. */
export class PlanSettingsFile {
  readonly path: string;
  readonly #stateDir: string;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
    this.path = join(stateDir, "plan-settings.json");
  }

  /** Never rejects: a file that is not there, or cannot be read, is the defaults. */
  async read(): Promise<PlanSettings> {
    const { visualPlan } = await this.#fields();
    return { visualPlan: typeof visualPlan === "boolean" ? visualPlan : DEFAULTS.visualPlan };
  }

  /** Changes some fields; those that this version does not know stay. Rejects when it cannot be written. */
  async change(fields: Partial<PlanSettings>): Promise<void> {
    await mkdir(this.#stateDir, { recursive: true, mode: 0o700 });
    await writeDurably(this.path, `${JSON.stringify({ ...(await this.#fields()), ...fields }, undefined, 2)}\n`);
  }

  async #fields(): Promise<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse(await readFile(this.path, "utf8"));
      return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
    } catch {
      // Not there, not readable, not JSON: nothing is set.
      return {};
    }
  }
}
