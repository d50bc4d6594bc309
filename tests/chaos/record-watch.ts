import { basename } from "node:path";
import type { End } from "../../src/opencode/own-metadata.ts";
import { parseRecord, type InstanceRecord } from "../../src/store/record.ts";
import { isTerminalRecord } from "../../src/store/terminal-record.ts";
import { INSTANCE_ID } from "../../src/supervisor/instance.ts";
import { OF_THE_HOST, type AgentTurn } from "./agent-turn.ts";
import type { Change } from "./memory-disk.ts";
import type { OsProcess } from "./os-processes.ts";
import type { World } from "./world.ts";

/** Sees every change of a record, and says which one must not be. */
export class RecordWatch {
  /** How each turn ended, by instance and number of the turn, and who wrote it. */
  readonly ends = new Map<string, { readonly how: string; readonly token: string }>();
  /** How often a further turn of an instance was asked for. */
  readonly asked = new Map<string, number>();
  readonly #newest = new Map<string, InstanceRecord>();
  /** Files that nobody may change, with what they hold. */
  readonly #foreign = new Map<string, { readonly text: string; readonly owner: OsProcess | undefined }>();

  constructor(private readonly world: World) {}

  /** The plugin instance that wrote down an end. */
  enderOf({ instanceId, turn }: End): string | undefined {
    return this.ends.get(`${instanceId}#${turn}`)?.token;
  }

  /** The record of an instance as it lies on the disk. */
  of(instanceId: string): InstanceRecord | undefined {
    return this.#newest.get(instanceId);
  }

  all(): InstanceRecord[] {
    return [...this.#newest.values()];
  }

  /** A record that was there before everything began. */
  place(record: InstanceRecord): void {
    const text = JSON.stringify(record);
    this.world.disk.place(`${this.world.paths.recordDir}/${record.instanceId}.json`, text);
    this.#newest.set(record.instanceId, record);
    if (isTerminalRecord(record)) this.#ended(record);
  }

  /** A file that has to stay as it is, while its owner lives. */
  placeForeign(
    path: string,
    text: string,
    { owner, isFile = true }: { owner?: OsProcess; isFile?: boolean } = {},
  ): void {
    this.world.disk.place(path, text, isFile);
    this.#foreign.set(path, { text, owner });
  }

  /** What is wrong with the files that have to stay. */
  checkForeign(): void {
    for (const [path, { text, owner }] of this.#foreign) {
      if (owner?.isAlive !== false && this.world.disk.text(path) !== text) this.world.violated(`${path} was changed`);
    }
  }

  changed({ path, after }: Change): void {
    if (after?.includes(OF_THE_HOST) === true)
      this.world.violated(`${basename(path)} has words that no agent said: ${after}`);
    const instanceId = basename(path, ".json");
    if (!path.endsWith(".json") || !INSTANCE_ID.test(instanceId)) return;
    const before = this.#newest.get(instanceId);
    if (after === undefined) {
      if (before !== undefined) this.world.violated(`the record of ${this.world.name(instanceId)} is gone`);
      return;
    }
    const reading = parseRecord(after);
    if (reading.kind !== "record") {
      this.world.violated(`the record of ${this.world.name(instanceId)} cannot be read: ${after.slice(0, 80)}`);
      return;
    }
    const { record } = reading;
    this.#newest.set(instanceId, record);
    const { status, reason, announcement, turns } = record;
    const told = announcement === null ? "" : `, announcement ${announcement.state}`;
    this.world.note(
      `  record of ${this.world.name(instanceId)}: turn ${turns.length} ${status} ${reason ?? ""}${told} by ${this.#owner(record)}`,
    );
    if (before !== undefined) this.#compare(before, record);
    if (isTerminalRecord(record)) this.#ended(record);
  }

  #compare(before: InstanceRecord, after: InstanceRecord): void {
    const { world } = this;
    const name = world.name(after.instanceId);
    const isOther = before.supervisor.token !== after.supervisor.token;
    if (isOther && world.hosts.some(({ identity, isLive }) => isLive && identity.token === before.supervisor.token)) {
      world.violated(`${this.#owner(after)} changes the record of ${name}, which is ${this.#owner(before)}'s`);
    }
    if (after.turns.length < before.turns.length) world.violated(`a turn of ${name} is gone from its record`);
    const counted = countsOf(before);
    if (countsOf(after).some((count, index) => count < (counted[index] ?? 0))) {
      world.violated(`a count of ${name} falls: ${counted.join(" ")} to ${countsOf(after).join(" ")}`);
    }
    if (isTerminalRecord(before) && after.turns.length > before.turns.length && !this.#isAsked(after))
      world.violated(`${name} was ${before.status}, and has a turn that nobody asked for`);
    if (after.turns.length !== before.turns.length || !isTerminalRecord(before)) return;
    if (after.status !== before.status || after.reason !== before.reason || after.endedAt !== before.endedAt) {
      world.violated(`the end of ${name} changes from ${before.status} to ${after.status} ${after.reason ?? ""}`);
    }
    const [told, tells] = [before.announcement?.state, after.announcement?.state];
    // An end behind which further turns wait is told only once these are dropped.
    const isDropped = tells === "pending" && before.followUps.length > 0 && after.followUps.length === 0;
    if (told !== tells && told !== "pending" && !(told === undefined && isDropped))
      world.violated(`the announcement of ${name} goes from ${told} to ${tells}`);
  }

  #ended(record: InstanceRecord): void {
    const { world } = this;
    const { instanceId, supervisor, turns, status, reason } = record;
    const name = world.name(instanceId);
    const how = `${status}:${reason ?? ""}`;
    const known = this.ends.get(`${instanceId}#${turns.length}`);
    if (known !== undefined) {
      if (known.how !== how) world.violated(`turn ${turns.length} of ${name} ends as ${known.how} and as ${how}`);
      return;
    }
    this.ends.set(`${instanceId}#${turns.length}`, { how, token: supervisor.token });
    const told = world.telling.statuses.get(`${instanceId}#${turns.length}`);
    // What a full disk did not take may die with its host.
    if (told !== undefined && told !== status && !world.disk.wasFull) {
      world.violated(`${name} ends as ${status}, but an answer has told that it is ${told}`);
    }
    const started = world.turns.filter(({ request }) => request.instanceId === instanceId);
    if (started.some(({ process }) => process.isAlive))
      world.violated(`${name} has ended as ${how}, but its process lives`);
    const last = started.at(-1);
    const isHealthy = last?.number === turns.length && !last.mayHang;
    if ((reason === "stalled" || reason === "thinking_loop") && isHealthy)
      world.violated(`${name} was at work (${last.life}) and ended as ${how}`);
    this.#checkResult(record, started);
  }

  #checkResult(record: InstanceRecord, started: readonly AgentTurn[]): void {
    const { world } = this;
    const { instanceId, sessionId, resultPreview, reason, status, turns } = record;
    const name = world.name(instanceId);
    const result = world.disk.text(`${world.paths.recordDir}/${instanceId}.result.md`);
    if (resultPreview !== null && result?.endsWith(resultPreview) !== true) {
      world.violated(`turn ${turns.length} of ${name} has ended, but its result is not on the disk`);
    }
    const last = started.at(-1);
    // Of a session that no record could name in time, nothing can be read back.
    // Nor does one that never began, where a turn of its number came while the disk took nothing.
    const isOther = world.disk.wasFull && turns.at(-1)?.startedAt === null;
    // Nor where the host had died before it could be told which message the prompt became.
    const isHidden = last?.isHidden === true && turns.at(-1)?.messageId === null;
    if (
      reason === "supervisor_lost" &&
      sessionId !== null &&
      !isOther &&
      !isHidden &&
      last?.number === turns.length &&
      last.finalText !== undefined
    ) {
      world.violated(`the session has an answer of ${name} (${last.finalText}), but its turn is lost`);
    }
    // While the disk was full, turns may have come of which no record tells: their answer is the last one.
    const answers = started.filter(({ number }) => number >= turns.length).map(({ finalText }) => finalText ?? "");
    const told = resultPreview === null ? "" : result;
    const isMixed = world.disk.wasFull && started.some((turn) => turn.isHidden);
    // Nor where one turn ends and the next one, of which no record tells, begins: the words of both are the agent's own.
    const isUnrecorded = world.disk.wasFull && started.some(({ number }) => number > turns.length);
    const isTold = (text: string) => text === told || (isUnrecorded && text !== "" && told?.endsWith(`\n\n${text}`));
    if (status === "done" && !isMixed && answers.length > 0 && !answers.some(isTold)) {
      world.violated(`${name} is done with "${told}" instead of "${answers.join('" or "')}"`);
    }
  }

  /** Whether so many further turns were asked for. */
  #isAsked({ instanceId, turns }: InstanceRecord): boolean {
    const further = turns.filter(({ kind }) => kind === "follow_up").length;
    return further <= (this.asked.get(instanceId) ?? 0) && turns.at(-1)?.kind === "follow_up";
  }

  #owner({ supervisor }: InstanceRecord): string {
    return this.world.hosts.find(({ identity }) => identity.token === supervisor.token)?.name ?? supervisor.token;
  }
}

function countsOf({ toolCallCount, costUsd, tokens }: InstanceRecord): number[] {
  return [toolCallCount, costUsd, ...Object.values(tokens)];
}
