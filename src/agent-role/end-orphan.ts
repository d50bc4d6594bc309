import { writeSync } from "node:fs";
import { endSelf } from "./end-self.ts";
import type { OrphanRole } from "./role.ts";
import { formatTreeReport } from "./tree-report.ts";

const STDERR = 2;

/** Ends this process, and says why to whoever reads its stderr: nothing may run under a role that it cannot prove. */
export function endOrphan(role: OrphanRole, why: string): void {
  try {
    writeSync(STDERR, `${formatTreeReport(role.nonce, { orphan: why })}\n`);
  } catch {
    // Nobody reads it any more.
  }
  void endSelf(role, async () => undefined);
}
