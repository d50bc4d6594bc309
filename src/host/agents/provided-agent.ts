/** What a rule of an agent says; whether the user is asked is for the user to configure. */
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
}
