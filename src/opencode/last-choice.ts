import { isOwn } from "./own-metadata.ts";

/** What a user chooses beside the words of a message, as a prompt takes it (1.18.33). */
export interface Choice {
  readonly agent?: string;
  readonly model?: { readonly providerID: string; readonly modelID: string };
  /** The reasoning effort; `default` is one as well. */
  readonly variant?: string;
}

/** A message of a session, as far as the choice that it was made with depends on it. */
export interface ChosenMessage {
  readonly info: {
    readonly role: string;
    readonly agent?: string | null | undefined;
    readonly model?:
      | { readonly providerID: string; readonly modelID: string; readonly variant?: string | null | undefined }
      | null
      | undefined;
    readonly variant?: string | null | undefined;
  };
  readonly parts: readonly {
    readonly type: string;
    readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
  }[];
}

interface ChosenSession {
  readonly agent?: string | null | undefined;
  readonly model?:
    | { readonly providerID: string; readonly id: string; readonly variant?: string | null | undefined }
    | null
    | undefined;
}

/**
 * What the user chose last in a session: what is put into it must not change that. The request of a compaction, and what
 * the plugin itself has put there, were made by nobody who chose.
 */
export function lastChoice(messages: readonly ChosenMessage[]): Choice {
  const ofUsers = messages.filter(({ info }) => info.role === "user");
  const { agent, model, variant } = (ofUsers.findLast(isChosen) ?? ofUsers.at(-1))?.info ?? {};
  const effort = model?.variant ?? variant;
  return {
    ...(agent ? { agent } : {}),
    ...(model ? { model: { providerID: model.providerID, modelID: model.modelID } } : {}),
    ...(model && effort ? { variant: effort } : {}),
  };
}

/** What the user has chosen for a session that has no message yet, where the session says so. */
export function choiceOfSession({ agent, model }: ChosenSession): Choice {
  return {
    ...(agent ? { agent } : {}),
    ...(model ? { model: { providerID: model.providerID, modelID: model.id } } : {}),
    ...(model?.variant ? { variant: model.variant } : {}),
  };
}

/** Whether these, the newest of a session, tell the choice: what came before changes nothing. */
export function tellChoice(newest: readonly ChosenMessage[]): boolean {
  return newest.some((message) => message.info.role === "user" && isChosen(message));
}

/** Whether a message says what a user chose, by its parts. */
export function isChosen({
  parts,
}: {
  readonly parts: readonly { readonly type: string; readonly metadata?: unknown }[];
}): boolean {
  return !parts.some(({ type, metadata }) => type === "compaction" || isOwn(metadata));
}
