/** Which agents somebody waits for, and in which sessions. */
export class Collects {
  readonly #agents = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  /** Returns what ends the wait. */
  begin(instanceIds: readonly string[], sessionId: string): () => void {
    const count = (more: number) => {
      add(this.#sessions, sessionId, more);
      for (const id of instanceIds) add(this.#agents, id, more);
    };
    count(1);
    return () => count(-1);
  }

  isCollected(instanceId: string): boolean {
    return this.#agents.has(instanceId);
  }

  /** How many waits a session has. */
  of(sessionId: string): number {
    return this.#sessions.get(sessionId) ?? 0;
  }
}

function add(counts: Map<string, number>, key: string, more: number): void {
  const sum = (counts.get(key) ?? 0) + more;
  if (sum > 0) counts.set(key, sum);
  else counts.delete(key);
}
