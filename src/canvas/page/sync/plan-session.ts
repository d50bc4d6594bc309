import type { HistoryAnswer } from "../../api.ts";
import type { Operation } from "../../../plans/operations.ts";
import type { Decision, Plan } from "../../../plans/plan.ts";
import { createApiClient, type Outcome } from "./api-client.ts";
import { EditQueue, type PendingEdit } from "./edit-queue.ts";
import { inverseOperations, stillPossible } from "./inverse-operations.ts";
import { createKeptEdits } from "./kept-edits.ts";
import { createKeptRound, fittedRemarks, remarkId, roundKey, type KeptRound, type Remark } from "./review-round.ts";
import { newId } from "./new-id.ts";
import { LiveEvents } from "./live-events.ts";
import { hasUnseenRefusal, tellOfAnswer } from "./tell-of-answer.ts";
import { showPlan, takeAnswer, takeStored, usePlan } from "./plan-store.ts";
import { notify } from "./notices.ts";
import { unlessMovedSince } from "./unless-moved-since.ts";
import { forget, remember, stepBack, stepForward } from "./undo-history.ts";

/** `/<path of the server>/plan/<slug>` */
const [, serverPath = "", , namedSlug = ""] = location.pathname.split("/");
export const slug = decodeURIComponent(namedSlug);
const base = `/${serverPath}/api/plans/${encodeURIComponent(slug)}`;
/** The plan as Markdown, as a download. */
export const exportUrl = `${base}/export`;

const api = createApiClient(base, document.querySelector<HTMLMetaElement>('meta[name="bizar-token"]')?.content);
const kept = createKeptEdits(sessionStorage, slug);
let keptRound: KeptRound | null = null;
const queue = new EditQueue(
  {
    send: async (operations) => await api.edit(operations),
    changed: (pending) => {
      kept.write(pending);
      showPlan(pending);
    },
    answered: (edit, outcome) => {
      takeOutcome(outcome);
      if (outcome.kind !== "done") usePlan.setState(({ history }) => ({ history: forget(history, edit.operations) }));
      tellOfAnswer(edit, outcome);
    },
    stopped: (outcome) => {
      loseLink(outcome);
      if (outcome.kind === "unreachable") void live.retry();
    },
  },
  kept.read(),
);

const live = new LiveEvents({
  connect: () => new EventSource(`${base}/events`),
  probe: async () => await api.read(),
  opened: () => {
    usePlan.setState({ link: { state: "live" } });
    void sendKept();
  },
  received: (event) => {
    if (event.type === "plan") {
      takeStored(event.stored);
      startRound();
    } else if (event.type === "agents") {
      usePlan.setState({ agents: new Map(event.agents.map((agent) => [agent.elementId, agent])) });
    } else usePlan.setState({ problem: event.problem });
  },
  lost: loseLink,
});

/** Loads the plan and follows it. */
export async function startSession(): Promise<void> {
  usePlan.setState({ pending: queue.pending });
  window.addEventListener("online", () => reconnect());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && usePlan.getState().link.state === "offline") reconnect();
  });
  const outcome = await api.read();
  if (outcome.kind === "done" || outcome.kind === "refused") takeAnswer(outcome.stored);
  else loseLink(outcome);
  live.connect();
}

/** What the plan was, or why that is not known. */
export async function loadHistory(): Promise<HistoryAnswer | string> {
  return await api.history();
}

/** Tries at once. */
export function reconnect(): void {
  live.connect();
}

/** Does what the person did: shown at once, sent in order, taken back by {@link undo}. */
export function edit(operations: readonly Operation[]): void {
  const { plan, history } = usePlan.getState();
  if (plan === null || operations.length === 0 || isOfPast()) return;
  const undo = inverseOperations(plan, operations);
  if (undo !== null && undo.length > 0) usePlan.setState({ history: remember(history, { redo: operations, undo }) });
  enqueue(operations);
}

export function undo(): void {
  const { plan, history } = usePlan.getState();
  const back = stepBack(history);
  if (back === null || plan === null || isOfPast()) return;
  usePlan.setState({ history: back.history });
  const possible = stillPossible(plan, back.step.undo);
  enqueueUnmoved(plan, possible, back.step.redo);
}

export function redo(): void {
  const { plan, history } = usePlan.getState();
  const forward = stepForward(history);
  if (forward === null || plan === null || isOfPast()) return;
  usePlan.setState({ history: forward.history });
  enqueueUnmoved(plan, forward.step.redo, forward.step.undo);
}

/** What was cannot be changed; says so. */
export function isOfPast(): boolean {
  const isPast = usePlan.getState().past !== null;
  if (isPast) notify({ kind: "info", message: "This is how the plan was: nothing can be changed here." });
  return isPast;
}

const NOT_AS_SEEN =
  "One of your edits was not saved, so the plan is not as you saw it. Cancel to look at it, or confirm to decide all the same.";

/** The revision that the page shows, with all that the person has done before. */
export async function shownRevision(): Promise<number> {
  await queue.flush();
  return usePlan.getState().stored?.plan.revision ?? 0;
}

/**
 * Ends a review once all that the person did before has reached the server; where some of it was not taken, warns first.
 * What they have said goes along, all at once.
 *
 * @param decision null: they only comment
 * @param revision what the person saw when they began to decide
 */
export async function finishReview(decision: Decision | null, note: string, revision: number): Promise<Outcome> {
  await queue.flush();
  if (queue.pending.length > 0) return { kind: "unreachable", message: "Your last edits have not been saved yet." };
  if (hasUnseenRefusal()) return { kind: "rejected", message: NOT_AS_SEEN };
  const { round, stored } = usePlan.getState();
  const said = stored === null ? round : fittedRemarks(stored.plan, round);
  const outcome = await api.finishReview(
    decision === null
      ? { revision, operations: note === "" ? said : [...said, aboutThePlan(note)] }
      : { decision, revision, operations: said, ...(note === "" ? {} : { note }) },
  );
  if (outcome.kind === "done") setRound(usePlan.getState().round.filter((remark) => !round.includes(remark)));
  if (outcome.kind !== "rejected" || outcome.problem?.reason !== "changed") takeOutcome(outcome);
  // What was changed is shown before the person decides again.
  else takeOutcome(await api.read());
  return outcome;
}

/** Says something that is sent with the person's review. */
export function collect(remark: Remark): void {
  if (isOfPast()) return;
  setRound([...usePlan.getState().round, remark]);
}

/** Sends one comment or reply now; a reply goes with the comment that it is to. */
export function sendRemark(id: string): void {
  const { round } = usePlan.getState();
  const chosen = round.find((remark) => remarkId(remark) === id);
  if (chosen === undefined) return;
  const to = chosen.op === "reply_to_comment" ? chosen.commentId : undefined;
  const sent = round.filter((remark) => remark === chosen || remarkId(remark) === to);
  setRound(round.filter((remark) => !sent.includes(remark)));
  enqueue(sent);
}

/** Takes back what was not sent, a comment with the replies to it. */
export function dropRemark(id: string): void {
  setRound(
    usePlan
      .getState()
      .round.filter(
        (remark) => remarkId(remark) !== id && !(remark.op === "reply_to_comment" && remark.commentId === id),
      ),
  );
}

function setRound(round: readonly Remark[]): void {
  usePlan.setState({ round });
  keptRound?.write(round);
  showPlan(queue.pending);
}

/** What was said before a reload, or in another tab. */
function startRound(): void {
  const { stored } = usePlan.getState();
  if (stored === null || keptRound !== null) return;
  const plan = { slug, id: stored.plan.id };
  const kept = createKeptRound(localStorage, plan);
  keptRound = kept;
  const take = () => {
    usePlan.setState({ round: kept.read() });
    showPlan(queue.pending);
  };
  take();
  window.addEventListener("storage", ({ key }) => key === roundKey(plan) && take());
}

/** A note without a decision is a remark on the plan as a whole. */
function aboutThePlan(text: string): Remark {
  return { op: "add_comment", comment: { id: newId("c"), elementId: null, x: 0, y: 0, text } };
}

async function sendKept(): Promise<void> {
  await queue.flush();
  if (queue.pending.length === 0) live.settled();
}

let editCount = 0;

function enqueue(operations: readonly Operation[]): void {
  editCount += 1;
  const pending: PendingEdit = { id: `${Date.now()}-${editCount}`, operations };
  queue.add(pending);
}

/** Says so where something stays as somebody else has put it. */
function enqueueUnmoved(plan: Plan, operations: readonly Operation[], takenBack: readonly Operation[]): void {
  const unmoved = unlessMovedSince(plan, operations, takenBack);
  if (unmoved.length > 0) enqueue(unmoved);
  if (unmoved !== operations)
    notify({ kind: "info", message: "What somebody else has moved or resized since stays as it is." });
}

function takeOutcome(outcome: Outcome): void {
  if (outcome.kind === "done" || outcome.kind === "refused") takeAnswer(outcome.stored);
  if (outcome.kind === "rejected" && outcome.problem) usePlan.setState({ problem: outcome.problem });
}

function loseLink(outcome: Outcome): void {
  if (outcome.kind === "locked_out") usePlan.setState({ link: { state: "locked_out" } });
  else if (outcome.kind === "rejected") usePlan.setState({ problem: outcome.problem ?? problemOf(outcome.message) });
  else if (outcome.kind === "unreachable")
    usePlan.setState({ link: { state: "offline", ...(outcome.problem ? { message: outcome.problem.message } : {}) } });
  // It answers, but the stream is not there: what was said of an edit still stands.
  else usePlan.setState(({ link }) => (link.state === "offline" ? {} : { link: { state: "offline" } }));
}

function problemOf(message: string) {
  return { reason: "unwritable", message } as const;
}
