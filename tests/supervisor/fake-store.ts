import type { Instance } from "../../src/supervisor/instance.ts";
import type { InstanceStore } from "../../src/supervisor/ports.ts";

type Operation = "create" | "save" | "result" | "saveNow";

/** Keeps records in memory; a test may make an operation fail, or hold it up. */
export class FakeStore implements InstanceStore {
  readonly records = new Map<string, Instance>();
  readonly results = new Map<string, string>();
  readonly failing = new Set<Operation>();
  readonly #dirty = new Set<string>();
  readonly #gates = new Map<string, Promise<void>>();

  constructor(private readonly journal: string[]) {}

  /** Holds an operation up, of all instances or of one, until the returned function is called. */
  hold(operation: Operation, instanceId = "all"): () => void {
    const gate = Promise.withResolvers<void>();
    const name = `${operation} ${instanceId}`;
    this.#gates.set(name, gate.promise);
    return () => {
      this.#gates.delete(name);
      gate.resolve();
    };
  }

  async create(instance: Instance): Promise<void> {
    await this.#perform("create", instance.instanceId, instance.state.status);
    this.records.set(instance.instanceId, instance);
  }

  async save(instance: Instance, unsavedResult?: string): Promise<void> {
    this.#dirty.add(instance.instanceId);
    if (unsavedResult !== undefined) await this.writeResult(instance.instanceId, unsavedResult);
    await this.#perform("save", instance.instanceId, instance.state.status);
    this.#dirty.delete(instance.instanceId);
    this.records.set(instance.instanceId, instance);
  }

  saveNow(instance: Instance): void {
    if (this.failing.has("saveNow")) throw new Error("saveNow failed");
    this.journal.push(`saveNow ${instance.state.status}`);
    this.records.set(instance.instanceId, instance);
  }

  async writeResult(instanceId: string, text: string): Promise<void> {
    await this.#perform("result", instanceId, text);
    this.results.set(instanceId, text);
  }

  show(): void {}

  isDirty(instanceId: string): boolean {
    return this.#dirty.has(instanceId);
  }

  async isTaken(): Promise<boolean> {
    return false;
  }

  logPath(instanceId: string): string {
    return `/logs/${instanceId}.log`;
  }

  resultPath(instanceId: string): string {
    return `/bg/${instanceId}.result.md`;
  }

  async #perform(operation: Operation, instanceId: string, what: string): Promise<void> {
    await (this.#gates.get(`${operation} all`) ?? this.#gates.get(`${operation} ${instanceId}`));
    if (this.failing.has(operation)) throw new Error(`${operation} failed`);
    this.journal.push(`${operation} ${what}`);
  }
}
