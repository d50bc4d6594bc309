/** How the turn of a session came to its end. */
export type SessionEnd =
  /** By itself, well or not. */
  | { readonly kind: "idle"; readonly failed: boolean }
  /** Its server elsewhere was away meanwhile, and does not go on with it. */
  | { readonly kind: "cut" }
  /** The prompt never reached the session. */
  | { readonly kind: "never_begun"; readonly why: string }
  /** The server is gone. */
  | { readonly kind: "died"; readonly why: string }
  /** The line to the server elsewhere broke, and did not come back. */
  | { readonly kind: "lost"; readonly why: string };
