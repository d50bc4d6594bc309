/**
 * Lets all who ask the same while an answer is on its way share that answer; whoever asks later is answered anew. Twenty
 * agents that are spawned in one message ask for the same lists twenty times.
 *
 * @param ask the question for one key
 */
export function singleFlight<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return async (key) => {
    const known = underWay.get(key);
    if (known !== undefined) return await known;
    const asked = ask(key);
    underWay.set(key, asked);
    try {
      return await asked;
    } finally {
      underWay.delete(key);
    }
  };
}
