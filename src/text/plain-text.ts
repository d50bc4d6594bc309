// Everything below blank but the tab and the newline, DEL, and the C1 controls.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text of a model as a terminal may show it: it must not obey what a model wrote. */
export function plainText(text: string): string {
  return text.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** {@link plainText} in one line of at most `length` characters. */
export function plainLine(text: string, length: number): string {
  const line = plainText(text).replaceAll(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

/** Up to here seconds are told alone, and up to here beside minutes. */
const SECONDS_ALONE = 100;
const MINUTES_WITH_SECONDS = 10;

/** A time span for people: `69s`, `4m05s`, `12m`, `3h05m`, `2d04h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)];
  if (seconds < SECONDS_ALONE) return `${seconds}s`;
  if (minutes < MINUTES_WITH_SECONDS) return `${minutes}m${two(seconds % 60)}s`;
  if (hours === 0) return `${minutes}m`;
  return days === 0 ? `${hours}h${two(minutes % 60)}m` : `${days}d${two(hours % 24)}h`;
}

/** A time span in a sentence: `12 s`, `3 min`, `2h05m`. */
export function timeSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : duration(ms);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
