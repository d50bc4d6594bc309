/** Where the compiler knows that no case is left. What comes all the same was cast, or read from outside unchecked. */
export function unreachable(value: never): never {
  throw new Error(`Unknown case: ${JSON.stringify(value) ?? String(value)}`);
}
