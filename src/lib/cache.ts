import { singleFlight } from "./single-flight.ts";

/**
 * Keeps the last answer to each question for as long as it is enough: what is on a list that only grows is not looked up
 * twice, and what is not on it is asked for anew. Those who ask at the same time share an answer.
 *
 * @param ask the question for one key
 */
export function cached<T>(
  ask: (key: string) => Promise<T>,
): (key: string, isEnough: (answer: T) => boolean) => Promise<T> {
  const kept = new Map<string, T>();
  const askAnew = singleFlight(async (key) => {
    const answer = await ask(key);
    kept.set(key, answer);
    return answer;
  });
  return async (key, isEnough) => {
    const known = kept.get(key);
    return known !== undefined && isEnough(known) ? known : await askAnew(key);
  };
}
