interface Thresholds {
  loopThresholdWarn: number;
  loopThresholdEscalate: number;
  loopThresholdBlock: number;
}

/**
 * The loop thresholds must rise. One that lies above the next is lowered to it; that is worth a warning only where
 * somebody asked for it.
 */
export function withRisingThresholds<T extends Thresholds>(
  options: T,
  isGiven: (name: keyof Thresholds) => boolean,
  warnings: string[],
): T {
  const loopThresholdEscalate = Math.min(options.loopThresholdEscalate, options.loopThresholdBlock);
  const loopThresholdWarn = Math.min(options.loopThresholdWarn, loopThresholdEscalate);
  const used = { loopThresholdWarn, loopThresholdEscalate };
  for (const name of ["loopThresholdWarn", "loopThresholdEscalate"] as const) {
    if (used[name] === options[name] || !isGiven(name)) continue;
    warnings.push(`Option "${name}" is ${options[name]}, but the thresholds must rise; ${used[name]} is used instead.`);
  }
  return { ...options, ...used };
}
