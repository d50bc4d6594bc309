import { isAnything, isFlag, isNumber, isText, listOf, oneOf, shape, type Check, type Checked } from "../lib/shape.ts";
import type { Turn } from "../supervisor/instance.ts";

const hasOwn = shape({ bizar: isAnything });
const isOfAgent = shape({ instanceId: isText });
const isLending = shape({
  lent: shape({
    instanceId: isText,
    /** What only the supervisor and the plugin there know. */
    nonce: isText,
    /** Whether the user is asked, and for how long a question waits, in milliseconds. */
    asks: isFlag,
    waitMs: isNumber,
  }),
});
const isSupervisors = shape({ kind: oneOf<Turn["kind"]>("intervention", "fallback") });
const areEnds = listOf(
  shape({
    instanceId: isText,
    /** The number of the turn, from 1. */
    turn: isNumber,
  }),
);
const namesElsewhere = shape({ elsewhere: areEnds });
const namesFeedback = shape({ plan: isText, until: isText });

/** The end of one turn of an agent. */
export type End = Checked<typeof areEnds>[number];

/** What the plugin in a server elsewhere has to know of an agent whose supervisor is on another machine. */
export type Lent = Checked<typeof isLending>["lent"];

/**
 * All that the plugin says in metadata. opencode keeps it for as long as the session, and other versions of the plugin
 * read it: a form may be added, and none is changed.
 */
export type OwnForm =
  /** Of a session: the agent that works there. */
  | Checked<typeof isOfAgent>
  /** Of an agent's prompt in a server. */
  | { readonly kind: Turn["kind"]; readonly lent: Lent | undefined }
  /** Of a message: a note to an agent at work, a reminder to the session that has agents. */
  | { readonly kind: "note" }
  | { readonly reminder: true }
  /** Of a text that the user alone sees: the answer to a slash command, a call to look at a plan. */
  | { readonly command: string }
  | { readonly call: "review" }
  /** Of a message, or a tool's answer: the ends that it tells of. */
  | readonly End[]
  /** Of a note to the user: the ends that another session was told of. */
  | Checked<typeof namesElsewhere>
  /** Of a message, or a tool's answer: it tells what a person did to a plan, or to an agent's changes, up to a moment. */
  | Checked<typeof namesFeedback>;

// An interface would not be a record, as which opencode takes it.
/** Metadata of this plugin: all of it is under one name. */
export type OwnMetadata = { readonly bizar: OwnForm };

export function ownMetadata(said: OwnForm): OwnMetadata {
  return { bizar: said };
}

/** Whether the metadata of a part or a session is this plugin's. */
export function isOwn(metadata: unknown): boolean {
  return saidIn(metadata, isAnything) !== undefined;
}

/** The agent that a session says it is of. */
export function agentIn(metadata: unknown): string | undefined {
  return saidIn(metadata, isOfAgent)?.instanceId;
}

/** The agent that a prompt is for, where its supervisor is on another machine. */
export function lentIn(metadata: unknown): Lent | undefined {
  return saidIn(metadata, isLending)?.lent;
}

/** Whether a prompt is the supervisor's own: nobody asked for that turn. */
export function isOfSupervisor(metadata: unknown): boolean {
  return saidIn(metadata, isSupervisors) !== undefined;
}

/** The ends that a message, or a tool's answer, tells of. */
export function endsIn(metadata: unknown): readonly End[] {
  return saidIn(metadata, areEnds) ?? [];
}

/** The ends of which a note says that another session was told. */
export function elsewhereIn(metadata: unknown): readonly End[] {
  return saidIn(metadata, namesElsewhere)?.elsewhere ?? [];
}

/** Whether a message, or a tool's answer, tells of a plan up to a moment. */
export function tellsFeedback(metadata: unknown, plan: string, until: string): boolean {
  const said = saidIn(metadata, namesFeedback);
  return said?.plan === plan && said.until >= until;
}

/** What metadata says in one form; `undefined` where it is of another form, or not this plugin's. */
function saidIn<T>(metadata: unknown, check: Check<T>): T | undefined {
  const said = hasOwn(metadata) ? metadata.bizar : undefined;
  return check(said) ? said : undefined;
}
