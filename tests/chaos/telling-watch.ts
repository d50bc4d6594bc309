import type { SyntheticMessage } from "../../src/opencode/host-client.ts";
import { endsIn } from "../../src/opencode/own-metadata.ts";
import { isTerminalRecord } from "../../src/store/terminal-record.ts";
import type { ChaosHost } from "./chaos-host.ts";
import { OF_THE_HOST } from "./agent-turn.ts";
import type { World } from "./world.ts";

/** Sees what parent sessions are told, and says what they are told twice, wrongly or too late. */
export class TellingWatch {
  /** The ends that a message of the plugin told of. */
  readonly announced = new Set<string>();
  /** The ends that a tool's answer in the parent's own messages told of, and when it came. */
  readonly answered = new Map<string, number>();
  /** The ends as tools' answers told them. */
  readonly statuses = new Map<string, string>();
  /** The messages that are there: what is put once more by its id is no further one. */
  readonly #messages = new Set<string>();

  constructor(private readonly world: World) {}

  putting(host: ChaosHost, sessionId: string, { text, metadata, wake, messageId }: SyntheticMessage): () => void {
    const { world } = this;
    if (text.includes(OF_THE_HOST)) world.violated(`${sessionId} is told words that no agent said: ${text}`);
    const sentAt = world.number();
    const ends = endsIn(metadata);
    for (const { instanceId, turn } of ends) {
      const name = world.name(instanceId);
      const record = world.records.of(instanceId);
      if (record === undefined || !isTerminalRecord(record) || record.turns.length !== turn) {
        world.violated(
          `the end of turn ${turn} of ${name} is announced, but it is turn ${record?.turns.length} ${record?.status}`,
        );
      }
      if (record?.parent.sessionId !== sessionId)
        world.violated(`${sessionId} is told of ${name}, which is not its own`);
    }
    const isOwn = ends.some((end) => world.records.enderOf(end) === host.identity.token);
    if (wake && !isOwn) world.violated(`${sessionId} is woken for what other hosts ended`);
    return () => {
      const parent = world.parents.find((one) => one.sessionId === sessionId);
      if (messageId === undefined || !this.#messages.has(messageId))
        for (const { instanceId, turn } of ends) this.#announced(`${instanceId}#${turn}`, sentAt);
      if (messageId !== undefined) this.#messages.add(messageId);
      if (wake) parent?.becomeBusy();
    };
  }

  /** A tool's answer is in the messages of a session. */
  answer(sessionId: string, metadata: { statuses?: Record<string, string> }): void {
    for (const { instanceId, turn } of endsIn(metadata)) {
      const status = metadata.statuses?.[instanceId] ?? "";
      this.statuses.set(`${instanceId}#${turn}`, status);
      const how = this.world.records.ends.get(`${instanceId}#${turn}`)?.how;
      // What a full disk did not take may die with its host, whose answers are still on their way.
      if (how !== undefined && !how.startsWith(status) && !this.world.disk.wasFull) {
        this.world.violated(`an answer says that ${this.world.name(instanceId)} is ${status}, but it is ${how}`);
      }
      if (this.world.records.of(instanceId)?.parent.sessionId !== sessionId) continue;
      const key = `${instanceId}#${turn}`;
      if (!this.answered.has(key)) this.answered.set(key, this.world.number());
    }
  }

  #announced(key: string, sentAt: number): void {
    const { world } = this;
    const [instanceId = "", turn] = key.split("#");
    const what = `turn ${turn} of ${world.name(instanceId)}`;
    if (this.announced.has(key)) world.violated(`the end of ${what} is announced twice`);
    const answeredAt = this.answered.get(key);
    if (answeredAt !== undefined && answeredAt < sentAt)
      world.violated(`the end of ${what} is announced, but an answer has told it`);
    this.announced.add(key);
  }
}
