/** A moment as a person says it: of today its time alone. */
export function momentOf(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const time = date.toLocaleTimeString(undefined, { timeStyle: "short" });
  if (date.toDateString() === new Date().toDateString()) return time;
  return `${date.toLocaleDateString(undefined, { dateStyle: "medium" })}, ${time}`;
}
