/** One thing about a place elsewhere that was looked at. */
export interface PlaceCheck {
  /** `reached`, `opencode`, `git`, `folder`, `a file there and back`. */
  readonly what: string;
  readonly isGood: boolean;
  /** What was found, or what to do. */
  readonly words: string;
}
