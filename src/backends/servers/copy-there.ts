import { join } from "node:path";
import { describeError } from "../../lib/describe-error.ts";
import { isText, shape } from "../../lib/shape.ts";
import type { Clock } from "../../lib/clock.ts";
import { ApiError } from "../../opencode/api-error.ts";
import type { TurnRequest } from "../../supervisor/ports.ts";
import { BUNDLE, copyScripts, saidBy } from "./copy-script.ts";
import { SET_UP_LINES, setUpFailure, setUpWords } from "../../text/set-up-words.ts";
import { BackFile, tooLarge, type Unpacked } from "../back-file.ts";
import type { SetUpThere } from "../set-up-script.ts";
import { GAP, type PoolServer } from "./pool-server.ts";

/** How long the repository's own command for a fresh working tree may take. */
const READY_LIMIT_MS = 600_000;

/** Takes an agent's own folder to a clone on another machine, and brings back what has become of it. */
export interface CloneTravel {
  /** So many bytes may come back of a turn. */
  readonly mostBytes: number;
  /** An error in words where that cannot be told. */
  diff(instanceId: string): Promise<Difference | string>;
  /**
   * @param bundle the path of what came
   * @param from the tree that it was made of; absent: nobody has told
   */
  unpack(instanceId: string, bundle: string, from: string | undefined): Promise<Unpacked>;
}

interface Difference {
  readonly commit: string;
  readonly patch: string;
  /** Both together. */
  readonly tree: string;
  readonly prefix: string;
}

export interface CopyThereParts {
  readonly server: PoolServer;
  readonly travel: CloneTravel;
  /** Makes a fresh one ready. */
  readonly setUp: SetUpThere | undefined;
  readonly turn: TurnRequest;
  readonly clock: Clock;
  /** What the operator should know. */
  readonly note: (text: string) => void;
}

/** An agent's files on a server: where it works there; or why they cannot be there. */
export type CopyMade =
  | { readonly ok: true; readonly directory: string; readonly isTakenUp: boolean }
  | { readonly ok: false; readonly error: string };

const isWorktreeEvent = shape({ name: isText });
const isFailure = shape({ message: isText });

/** The working tree of an agent in a server's clone. Requests that fail are thrown. */
export class CopyThere {
  #session: Promise<string> | undefined;
  #copy: string | undefined;
  /** The one that this turn has made: one of an earlier turn has work in it. */
  #made: string | undefined;

  constructor(private readonly parts: CopyThereParts) {}

  /** The folder there; `undefined` before it is made. */
  get folder(): string | undefined {
    return this.#copy;
  }

  /** Makes it as the agent's folder is here, or takes up the one that a turn which was lost has left. */
  async make(): Promise<CopyMade> {
    const { server, travel, turn } = this.parts;
    const { name, directory, fetch } = server.options;
    const difference = await travel.diff(turn.instanceId);
    if (typeof difference === "string") return { ok: false, error: difference };
    const { commit, patch, prefix, tree } = difference;
    const said = saidBy(await this.#shell(copyScripts.look(commit, this.#name, fetch)));
    const [old] = said.get("old") ?? [];
    if (old !== undefined && said.has("begun") && turn.sessionId !== null) {
      this.#copy = old;
      return { ok: true, directory: join(old, prefix), isTakenUp: old !== this.#made };
    }
    if (said.has("unknown")) return { ok: false, error: this.#unknown(commit, said.get("fetch")?.[0]) };
    if (!said.has("known"))
      return { ok: false, error: `The clone ${directory} on ${name} cannot be used by git there.` };
    if (old !== undefined) await server.client.removeWorktree(directory, old);
    const copy = await this.#worktree();
    if (!saidBy(await this.#shell(copyScripts.reset(copy, commit))).has("reset")) {
      return { ok: false, error: `The files of ${commit} could not be brought into ${copy} on ${name}.` };
    }
    if (patch !== "") await server.client.applyPatch(copy, patch);
    const notReady = await this.#makeReady(copy);
    if (notReady !== undefined) return { ok: false, error: notReady };
    await this.#shell(copyScripts.begin(copy, prefix, tree));
    return { ok: true, directory: join(copy, prefix), isTakenUp: false };
  }

  /** Returns in words why that has failed. */
  async #makeReady(copy: string): Promise<string | undefined> {
    const { setUp, server, note } = this.parts;
    if (setUp === undefined) return undefined;
    const said = saidBy(await this.#shell(copyScripts.ready(copy, setUp), setUp.limitMs));
    const lines = said.get("line") ?? [];
    for (const line of lines) note(line);
    const [told = ""] = said.get("ready") ?? [];
    if (told === "0") return undefined;
    return setUpWords(
      setUp.command,
      setUpFailure(told, setUp.limitMs),
      lines.slice(-SET_UP_LINES),
      server.options.name,
    );
  }

  /** Ends what is under way there for it. Never rejects. */
  async abandon(): Promise<void> {
    try {
      if (this.#session !== undefined) await this.parts.server.client.abort(await this.#session);
    } catch (error) {
      this.parts.note(describeError(error));
    }
  }

  /** Brings back what has become of it, and removes it. Settles with why that could not be done, or not all of it. */
  async bringBack(): Promise<string | undefined> {
    const { server, travel, note } = this.parts;
    const copy = this.#copy;
    if (copy === undefined) return undefined;
    const said = saidBy(await this.#shell(copyScripts.pack(copy, travel.mostBytes)));
    for (const line of said.get("ended") ?? []) {
      const [pid = "", ...command] = line.split(" ");
      note(`ended what the agent left running: ${command.join(" ")} (pid ${pid})`);
    }
    const { failed, warning } = await this.#unpacked(copy, said);
    if (failed !== undefined) {
      return `${failed} It is in ${copy} on ${server.options.name}: a message to the agent goes on with it, and brings it back.`;
    }
    await this.remove();
    return warning;
  }

  async #unpacked(copy: string, said: ReadonlyMap<string, readonly string[]>): Promise<Unpacked> {
    const { server, travel, turn } = this.parts;
    if (said.has("large")) return { failed: tooLarge(travel.mostBytes) };
    const [parts] = said.get("packed") ?? [];
    if (parts === undefined) return { failed: "What it did could not be packed there." };
    const bundle = new BackFile(travel.mostBytes);
    try {
      for (let part = 0; part < Number(parts); part++) {
        // oxlint-disable-next-line eslint/no-await-in-loop -- one is in memory at a time
        if (!bundle.add(await server.client.readText(copy, `${BUNDLE}-${part}`))) break;
      }
      const failed = bundle.finish();
      if (failed !== undefined) return { failed };
      return await travel.unpack(turn.instanceId, bundle.path, said.get("from")?.[0] || undefined);
    } finally {
      bundle.remove();
    }
  }

  /** The turn has not come to be: removes what was made for it. What an earlier one has left stays. */
  async giveUp(): Promise<void> {
    if (this.#copy !== this.#made) this.#copy = undefined;
    await this.remove();
  }

  /** Removes it, and the session of its commands. */
  async remove(): Promise<void> {
    const { server, note } = this.parts;
    try {
      if (this.#copy !== undefined) await server.client.removeWorktree(server.options.directory, this.#copy);
      this.#copy = undefined;
      if (this.#session !== undefined) await server.client.deleteSession(await this.#session);
    } catch (error) {
      note(`${this.#copy ?? "a session"} on ${server.options.name} could not be removed: ${describeError(error)}`);
    } finally {
      this.#session = undefined;
    }
  }

  /** As the server makes a name of a branch and a folder of it. */
  get #name(): string {
    return this.parts.turn.instanceId.toLowerCase().replaceAll("_", "-");
  }

  /** A working tree is filled, and what the repository has for fresh ones is run, after the request is answered. */
  async #worktree(): Promise<string> {
    const { server, clock } = this.parts;
    const ready = Promise.withResolvers<void>();
    // It may be known before anybody waits for it.
    ready.promise.catch(() => undefined);
    let made: { readonly name: string; readonly directory: string } | undefined;
    const heard = new Map<string, Error | undefined>();
    const decide = () => {
      if (made === undefined || !heard.has(made.name)) return;
      const error = heard.get(made.name);
      if (error === undefined) ready.resolve();
      else ready.reject(error);
    };
    const unhear = server.hear(({ type, properties }) => {
      // Whether it is ready may have been told unheard: it is made anew.
      if (type === GAP.type) ready.reject(new ApiError("The line broke while its working tree was made.", undefined));
      else if (type === "worktree.ready" && isWorktreeEvent(properties)) heard.set(properties.name, undefined);
      else if (type === "worktree.failed" && isFailure(properties) && made !== undefined) {
        heard.set(made.name, new Error(properties.message));
      }
      decide();
    });
    const limit = clock.limit(READY_LIMIT_MS, () => ready.reject(new Error("its working tree was not ready in time")));
    try {
      made = await server.client.createWorktree(server.options.directory, this.#name);
      this.#made = this.#copy = made.directory;
      decide();
      await ready.promise;
      return made.directory;
    } finally {
      limit.clear();
      unhear();
    }
  }

  #unknown(commit: string, fetched: string | undefined): string {
    const { name, directory, fetch } = this.parts.server.options;
    // Who may fetch may stand in the address of where from.
    const words = JSON.stringify(fetched?.replaceAll(/\/\/[^\s/@]+@/g, "//").slice(0, 200));
    const tried = fetched === undefined ? "" : ` git fetch there said: ${words}.`;
    const advice = fetch
      ? "it was not among what was fetched. Push it."
      : `push it and fetch it there, or set "fetch": true of the server.`;
    return `The commit ${commit.slice(0, 12)} that the agent starts from is not known in ${directory} on ${name}: ${advice}${tried}`;
  }

  /** @param limitMs that the command may take beside what all may */
  async #shell(command: string, limitMs = 0): Promise<string> {
    const { server, turn } = this.parts;
    const { directory } = server.options;
    this.#session ??= server.client.createSession({
      ...{ directory, instanceId: turn.instanceId, title: `bgr:files:${turn.instanceId}`, parentId: undefined },
    });
    // One that could not be made is tried anew.
    this.#session.catch(() => (this.#session = undefined));
    const sessionId = await this.#session;
    return await server.client.shell({ sessionId, directory, agent: turn.agent, model: turn.model }, command, limitMs);
  }
}
