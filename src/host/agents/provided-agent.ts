/** An answer to a permission question. `ask` ends a run in the background: nobody is there to answer. */
export type Permission = "allow" | "deny";

/** An agent that the plugin brings along. */
export interface ProvidedAgent {
  readonly description: string;
  readonly mode: "primary" | "subagent";
  readonly prompt: string;
  readonly permission?: Readonly<Record<string, Permission | Readonly<Record<string, Permission>>>>;
  /** It may put questions to the user, where the user's configuration does not say otherwise. */
  readonly mayAskUser?: boolean;
  /**
   * Its prompt is added to what opencode tells every agent about its model, its tools and the code base: an agent's own
   * prompt stands in the place of that.
   */
  readonly addsToBase?: boolean;
  /** What else the user has configured holds for it too, but for `ask`, which becomes `deny`. */
  readonly neverAsks?: boolean;
}
