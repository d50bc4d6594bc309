import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { AnswerFiles, watchAnswers } from "../../src/store/answer-files.ts";
import { instancePath } from "../../src/store/state-paths.ts";
import type { Reply } from "../../src/supervisor/questions.ts";
import { sampleId } from "../supervisor/sample-instance.ts";
import { until } from "../until.ts";
import { freshPaths } from "./store-rig.ts";

const id = sampleId(1);

test("answers reach whoever has the nonce, all of them; what anybody else writes there does not", async () => {
  const paths = freshPaths();
  mkdirSync(paths.recordDir, { recursive: true });
  const path = instancePath(paths, id, ".answers");
  const heard = new Map<string, Reply>();
  const forged = [{ askId: "per_0", reply: { kind: "always" } }];
  writeFileSync(path, JSON.stringify({ answers: forged, code: "0".repeat(64) }));
  const watch = watchAnswers(paths, id, "nonce-1", (askId, reply) => void heard.set(askId, reply));
  const files = new AnswerFiles(paths, (message) => expect.unreachable(message));
  files.give(id, "nonce-2", "per_1", { kind: "once" });
  await until("it is there", async () => (await Bun.file(path).text()).includes("per_1"));
  files.clear(id);
  await until("it is gone", () => !existsSync(path));
  files.give(id, "nonce-1", "per_2", { kind: "no", words: "not now" });
  await until("it is heard", () => heard.has("per_2"));
  watch.close();
  expect([...heard]).toEqual([["per_2", { kind: "no", words: "not now" }]]);
});
