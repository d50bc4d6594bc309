import { appendFileSync } from "node:fs";
import type { TuiPluginModule } from "@opencode-ai/plugin/tui";

/**
 * A terminal half that loads the real one and notes how long that took until all was registered, in milliseconds, a
 * line for each start. Of the file of its times and of the real one the environment tells.
 */
const terminal: TuiPluginModule = {
  id: "timed-terminal",
  async tui(api, options, meta) {
    const { BENCH_TERMINAL = "", BENCH_TIMES = "" } = process.env;
    const start = performance.now();
    const { default: real } = (await import(BENCH_TERMINAL)) as { default: TuiPluginModule };
    await real.tui(api, options, meta);
    appendFileSync(BENCH_TIMES, `${performance.now() - start}\n`);
  },
};

export default terminal;
