/** The most that a plan holds: enough for any plan that a person can look over, and safe for the page. Lengths in UTF-16 units. */
export const LIMITS = {
  elements: 2_000,
  connections: 5_000,
  comments: 5_000,
  repliesOfOneComment: 1_000,
  titleLength: 500,
  contentLength: 1_000_000,
  /** The data URL of an image. */
  imageLength: 3_000_000,
  /** The text of a comment or a reply. */
  remarkLength: 20_000,
  /** What a person says to a decision. */
  noteLength: 10_000,
  /** How far from the origin anything lies, in pixels. */
  coordinate: 1_000_000,
  smallestSide: 20,
  largestSide: 20_000,
  /** `plan.json`, in bytes. */
  fileBytes: 33_554_432,
  edits: 500,
  /** Of them a person's: agents are the ones that make hundreds at once, and what a person did is to be told. */
  personEdits: 400,
  /** How deep the values of unknown keys are nested. */
  depth: 32,
} as const;

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
