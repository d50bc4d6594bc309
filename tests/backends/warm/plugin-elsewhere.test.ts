import { expect, test } from "bun:test";
import type { ToAgent } from "../../../src/agent-role/lent-agent.ts";
import { PluginElsewhere } from "../../../src/backends/warm/plugin-elsewhere.ts";

function plugin() {
  const said: ToAgent[] = [];
  const say = async (_directory: string, told: ToAgent) => {
    said.push(told);
    await Promise.resolve();
  };
  return { said, talk: new PluginElsewhere({ elsewhere: { now: () => 0, say } }, "ses_a", "/copy") };
}

test("what the plugin there reports once more is no news; what has no number always is", () => {
  const { talk } = plugin();
  expect([{ n: 0 }, { n: 1 }, { n: 0 }, {}, {}].map((report) => talk.isNews(report))).toEqual([
    ...[true, true, false],
    ...[true, true],
  ]);
});

test("behind a gap the answers of this turn are given again, and it is asked what it has reported", () => {
  const { talk, said } = plugin();
  const answer = { askId: "ask_1", reply: { kind: "answer", words: "blue" } } as const;
  talk.answer(answer.askId, answer.reply);
  expect(said).toEqual([{ session: "ses_a", answer }]);
  talk.gap();
  expect(said.slice(1)).toEqual([
    { session: "ses_a", answer },
    { session: "ses_a", again: true },
  ]);
});
