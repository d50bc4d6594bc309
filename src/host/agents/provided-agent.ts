/** An answer to a permission question. `ask` ends a run in the background: nobody is there to answer. */
export type Permission = "allow" | "deny";

/** An agent that the plugin brings along. */
export interface ProvidedAgent {
  readonly description: string;
  readonly mode: "primary" | "all";
  readonly prompt: string;
  readonly permission?: Readonly<Record<string, Permission | Readonly<Record<string, Permission>>>>;
  /** What else the user has configured holds for it too, but for `ask`, which becomes `deny`. */
  readonly neverAsks?: boolean;
}
