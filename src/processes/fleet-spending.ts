/** What agents have cost, in US dollars. */
export interface Spending {
  usd: number;
}

const SPENDING = Symbol.for("opencode-bizar.spending");

/**
 * What all agents of this process have cost, those of other plugin instances and of another copy of the plugin included.
 * It outlives the instances: opencode makes a new one whenever its configuration changes.
 */
export function fleetSpending(): Spending {
  const holder = globalThis as { [SPENDING]?: Spending };
  return (holder[SPENDING] ??= { usd: 0 });
}
