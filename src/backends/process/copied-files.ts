import type { TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import { plainLine } from "../../text/plain-text.ts";
import { BackFile, type Unpacked } from "../back-file.ts";
import type { PlaceReport } from "./place-report.ts";

const LINE_CHARACTERS = 500;

/** What goes there. */
interface Packed {
  readonly bundle: Uint8Array;
  readonly ref: string;
  readonly prefix: string;
  /** The commit that has come back from there last. */
  readonly came?: string | undefined;
}

/** Takes an agent's own folder to another machine, and brings back what has become of it. */
export interface Travel {
  /** So many bytes may come back of a turn. */
  readonly mostBytes: number;
  /** An error in words where it could not be packed. */
  pack(instanceId: string): Promise<Packed | string>;
  /** @param bundle the path of what came; absent: nothing was changed. Never rejects. */
  unpack(instanceId: string, bundle: string | undefined): Promise<Unpacked>;
}

export interface CopiedFilesParts {
  readonly travel: Travel | undefined;
  /** The name of the place. */
  readonly on: string;
  readonly turn: Pick<TurnRequest, "instanceId">;
  readonly observer: Pick<TurnObserver, "mustStop">;
}

/** An agent's files in one turn at a place where they are copied: on the way there, and back. */
export class CopiedFiles {
  /** What has gone there; absent: nothing. */
  packed: Packed | undefined;
  /** The bundle that comes back. */
  #bundle: BackFile | undefined;
  #isWhole = false;
  #folder: string | undefined;
  #are: PlaceReport["files"];
  #left: string | undefined;

  constructor(private readonly parts: CopiedFilesParts) {}

  /** In words why they cannot travel. */
  async pack(): Promise<Packed | string> {
    const { travel, turn } = this.parts;
    const packed = (await travel?.pack(turn.instanceId)) ?? `files "git" needs a folder of the agent's own.`;
    if (typeof packed !== "string") this.packed = packed;
    return packed;
  }

  /** Where they are there, as far as it was told. */
  get folder(): string {
    return this.#folder ?? "its folder";
  }

  /** The shell there has told something. */
  told({ folder, left, files }: PlaceReport): void {
    this.#folder = textOf(folder) ?? this.#folder;
    this.#left = textOf(left) ?? this.#left;
    this.#are = files ?? this.#are;
  }

  /** Takes a line of stdout that is of the files which come back. */
  takes(nonce: string, line: string): boolean {
    const { travel, observer } = this.parts;
    if (this.packed === undefined) return false;
    if (line === `{"bizar":"${nonce}","bundle":"begins"}`) {
      this.#bundle?.remove();
      this.#bundle = new BackFile(travel?.mostBytes ?? 0);
      return true;
    }
    const bundle = this.#bundle;
    if (bundle === undefined || this.#isWhole) return false;
    this.#isWhole = line === `{"bizar":"${nonce}","bundle":"ends"}`;
    if (this.#isWhole || bundle.failure !== undefined || bundle.add(line)) return true;
    // Whatever goes on sending may never stop.
    const error = `${bundle.failure} ${this.#whereItIs}`;
    observer.mustStop({ status: "failed", reason: "workspace_failed", error });
    return true;
  }

  /**
   * Brings them back. Settles with why that could not be done, or not with all of them.
   *
   * @param hasEnded whether the end of the turn was told
   * @param lastWords of there
   */
  async bringBack(hasEnded: boolean, lastWords: string): Promise<string | undefined> {
    if (this.packed === undefined) return undefined;
    const bundle = this.#isWhole ? this.#bundle : undefined;
    try {
      const { failed, warning } = await this.#unpacked(bundle);
      if (failed !== undefined) return `${failed} ${this.#whereItIs}`;
      const isLost = bundle === undefined && hasEnded && this.#are !== "same";
      if (isLost) return `What it did has not come back. ${this.#whereItIs} ${lastWords}`;
      if (this.#left === undefined) return warning;
      const left = plainLine(this.#left.trim().replaceAll("\n", ", "), LINE_CHARACTERS);
      const what = "Repositories inside, and what cannot be read, do not come back.";
      return `${what} Left in ${this.folder} on ${this.parts.on}: ${left}. All else has come. ${warning ?? ""}`.trim();
    } finally {
      this.#bundle?.remove();
    }
  }

  async #unpacked(bundle: BackFile | undefined): Promise<Unpacked> {
    const { travel, turn } = this.parts;
    const failed = bundle?.finish();
    return failed === undefined ? ((await travel?.unpack(turn.instanceId, bundle?.path)) ?? {}) : { failed };
  }

  /** What has not come back is not lost. */
  get #whereItIs(): string {
    return `It is in ${this.folder} on ${this.parts.on}: a message to the agent goes on with it, and brings it back.`;
  }
}

/** What was sent as base64. */
function textOf(sent: string | undefined): string | undefined {
  return sent === undefined ? undefined : Buffer.from(sent, "base64").toString();
}
