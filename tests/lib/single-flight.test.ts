import { expect, test } from "bun:test";
import { singleFlight } from "../../src/lib/single-flight.ts";

function createQuestions() {
  const asked: { key: string; answer: PromiseWithResolvers<string> }[] = [];
  const ask = singleFlight(async (key) => {
    const answer = Promise.withResolvers<string>();
    asked.push({ key, answer });
    return await answer.promise;
  });
  return { ask, asked, keys: () => asked.map(({ key }) => key) };
}

test("those who ask the same at the same time share an answer, and those who ask something else do not", async () => {
  const { ask, asked, keys } = createQuestions();
  const answers = Promise.all([ask("a"), ask("b"), ask("a")]);
  expect(keys()).toEqual(["a", "b"]);
  for (const { key, answer } of asked) answer.resolve(`answer to ${key}`);
  expect(await answers).toEqual(["answer to a", "answer to b", "answer to a"]);
});

test("whoever asks after an answer, or after a failure, is answered anew", async () => {
  const { ask, asked } = createQuestions();
  const first = ask("a");
  asked[0]?.answer.reject(new Error("not now"));
  expect(await first.catch(String)).toContain("not now");
  const second = ask("a");
  asked[1]?.answer.resolve("one");
  expect(await second).toBe("one");
  const third = ask("a");
  asked[2]?.answer.resolve("two");
  expect(await third).toBe("two");
});
