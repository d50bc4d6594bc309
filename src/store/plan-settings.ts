import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { writeDurably } from "../files/durable-file.ts";
import { isMissing } from "../lib/is-missing.ts";
import { setAside } from "./set-aside.ts";

/** `plan-settings.json`: what the user has switched on for plans. */
export interface PlanSettings {
  /** `/visual-plan on`: the main agent draws a plan first, and waits for the user. */
  readonly visualPlan: boolean;
}

const DEFAULTS: PlanSettings = { visualPlan: false };

/** A `plan-settings.json` as it is now. */
type Reading =
  | { readonly kind: "fields"; readonly fields: Readonly<Record<string, unknown>> }
  /** No settings, or half of what somebody is writing in an editor. */
  | { readonly kind: "corrupt"; readonly why: string };

/** The settings in a state folder. A field that is missing or of another kind is as if it had never been set. */
export class PlanSettingsFile {
  readonly path: string;
  readonly #stateDir: string;
  readonly #report: (message: string) => void;
  #lastReport = "";

  /** @param report told once of a file that cannot be read or holds no settings */
  constructor(stateDir: string, report: (message: string) => void) {
    this.#stateDir = stateDir;
    this.#report = report;
    this.path = join(stateDir, "plan-settings.json");
  }

  /** Never rejects: a file that is not there, or cannot be read, is the defaults. */
  async read(): Promise<PlanSettings> {
    try {
      const reading = await this.#read();
      if (reading.kind === "corrupt") this.#reportOnce(`${this.path} holds no settings: ${reading.why}`);
      const visualPlan = reading.kind === "fields" ? reading.fields.visualPlan : undefined;
      return { visualPlan: typeof visualPlan === "boolean" ? visualPlan : DEFAULTS.visualPlan };
    } catch (error) {
      this.#reportOnce(`${this.path} cannot be read: ${describeError(error)}`);
      return DEFAULTS;
    }
  }

  /**
   * Changes some fields; those that this version does not know stay. A file that holds no settings keeps its content
   * under another name. Rejects when it cannot be read or written.
   */
  async change(fields: Partial<PlanSettings>): Promise<void> {
    await mkdir(this.#stateDir, { recursive: true, mode: 0o700 });
    const reading = await this.#read();
    if (reading.kind === "corrupt") await this.#setAside();
    const before = reading.kind === "fields" ? reading.fields : {};
    await writeDurably(this.path, `${JSON.stringify({ ...before, ...fields }, undefined, 2)}\n`);
  }

  async #setAside(): Promise<void> {
    const aside = await setAside(this.path);
    this.#reportOnce(`${this.path} held no settings; it was moved to ${aside}.`);
  }

  async #read(): Promise<Reading> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if (isMissing(error)) return { kind: "fields", fields: {} };
      throw error;
    }
    try {
      const value: unknown = JSON.parse(text);
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      return isObject ? { kind: "fields", fields: { ...value } } : { kind: "corrupt", why: "expected an object" };
    } catch (error) {
      return { kind: "corrupt", why: describeError(error) };
    }
  }

  #reportOnce(message: string): void {
    if (message === this.#lastReport) return;
    this.#lastReport = message;
    this.#report(message);
  }
}
