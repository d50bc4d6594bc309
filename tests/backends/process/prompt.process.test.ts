import { expect, test } from "bun:test";
import { readFileSync, readdirSync } from "node:fs";
import { until } from "../../until.ts";
import { startTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

const MARK = "a-mark-that-only-this-prompt-has";
/** 200 KB of everything that a shell, an argument or a decoder would alter. */
const prompt = `- leading dash\n${`"${MARK}" 'single' $(whoami) \`id\` \\n 🦊 é\r\n\t`.repeat(3400)}\n\n`;

test("a prompt of 200 KB arrives byte for byte on stdin", async () => {
  const bytes = new TextEncoder().encode(prompt);
  expect(bytes.length).toBeGreaterThan(200_000);
  const turn = startTurn("hashes-prompt.ts", { prompt });
  await until("the agent says what it got", () => turn.seen.progress.some(({ textPreview }) => textPreview !== null));
  await turn.stop();
  const { evidence } = await turn.ended;
  expect(evidence.words).toEqual([`${bytes.length} ${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`]);
}, 20_000);

test.skipIf(process.platform !== "linux")(
  "a prompt is in no process's arguments and in no environment",
  async () => {
    const turn = startTurn("hashes-prompt.ts", { prompt });
    await until("agent and grandchild run", () => turn.members().some(({ command }) => command.includes("sleep 97")));
    const shown = turn.members().flatMap(({ pid }) => {
      return ["cmdline", "environ"].map((name) => readFileSync(`/proc/${pid}/${name}`, "utf8"));
    });
    const everywhere = readdirSync("/proc").flatMap((pid) => (/^\d+$/.test(pid) ? readCommandLine(pid) : []));
    await turn.stop();
    await turn.ended;
    expect(shown.length).toBeGreaterThanOrEqual(4);
    expect(shown.join("\n")).toContain("--agent=mimir");
    expect([...shown, ...everywhere].filter((text) => text.includes(MARK))).toEqual([]);
  },
  20_000,
);

test("a child that never reads its prompt ends as any other", async () => {
  const turn = startTurn("never-reads-stdin.sh", { prompt });
  const { evidence } = await turn.ended;
  expect(evidence).toMatchObject({ cause: exited(0), finish: "stop", words: ["Did not listen."] });
});

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // Gone since the listing.
    return "";
  }
}
