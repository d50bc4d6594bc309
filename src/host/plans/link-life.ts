/** What a printed link is good for, for the user. */
export const LINK_LIFE =
  "The link is good once, within 10 minutes, and for your eyes only; /plan open makes another one.";
