import { uptime } from "node:os";
import { isAlive, type SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { Slices } from "../lib/slices.ts";
import { systemFiles, type Files } from "../files/files.ts";

/** What records go by besides their content: a test of many hosts has a machine of its own. */
export interface Machine {
  readonly files: Files;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** When the machine last started, in milliseconds since the epoch. */
  readonly bootedAt: () => number;
  /** Whether the owner of a record lives; `undefined` when that cannot be judged from here. */
  readonly isAlive: (owner: SupervisorIdentity) => boolean | undefined;
  /** For work on thousands of records. */
  readonly slices: () => Slices;
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  files: systemFiles,
  now: () => Date.now(),
  bootedAt: () => Date.now() - uptime() * 1000,
  isAlive: (owner) => isAlive(owner),
  slices: () => new Slices(),
};
