const THOUSAND = 1000;

/** Money for people: `$0.31`; what is less than a cent is not told as nothing. */
export function money(usd: number): string {
  return usd > 0 && usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`;
}

/** A number for people: `812`, `12.3k`, `4.1M`. */
export function count(number: number): string {
  if (number < THOUSAND) return String(number);
  const isThousands = number < 999_950;
  const [value, unit] = isThousands ? [number / THOUSAND, "k"] : [number / (THOUSAND * THOUSAND), "M"];
  return `${value.toFixed(value < 100 ? 1 : 0)}${unit}`;
}
