import { join } from "node:path";
import { startCanvasServer, type CanvasServer } from "../../src/canvas/server/canvas-server.ts";
import { createPlans } from "../../src/plans/file-plans.ts";
import { MemoryLedger, type Ledger } from "../../src/plans/ledger.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { CANVAS_TARGET } from "../build/build-canvas.ts";
import { ROOT } from "../scripted-host/sandbox.ts";

/**
 * A server of the built page for the plans of a folder. The plugin's own refuses a browser that this process has
 * started, since only the user opens a plan.
 *
 * @param ledger where decisions are kept: who waits for one has to look there
 */
export async function servePlans(folder: string, ledger: Ledger = new MemoryLedger()): Promise<CanvasServer> {
  const plans = createPlans({ folder, clock: systemClock, ledger });
  return await startCanvasServer({ plans, assetsFolder: join(ROOT, CANVAS_TARGET), report });
}

function report(message: string): void {
  process.stderr.write(`${message}\n`);
}
