import { join, sep } from "node:path";
import { createCanvas, type Canvas } from "../../canvas/canvas.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { ChangesDesk } from "../reviews/changes-desk.ts";
import type { HostClient } from "../../opencode/host-client.ts";
import { planSubjects } from "./plan-subjects.ts";
import type { ReviewSubjects } from "./review-subjects.ts";
import { changesSubjects } from "../reviews/changes-subjects.ts";
import type { Plans } from "../../plans/plan-store-port.ts";
import { FeedbackAnnouncer, type FeedbackAnnouncerParts } from "./feedback-announcer.ts";
import { OpenReviews } from "./open-reviews.ts";
import type { PlanServices, ShownPlan } from "./plan-services.ts";
import { SeenPlans } from "./seen-plans.ts";
import { systemClock } from "../../lib/system-clock.ts";
import { LINK_LIFE } from "./link-life.ts";
import { ownEvidence, whoseAct, type Act } from "../../processes/whose-act.ts";
import { INSTANCE_ID } from "../../supervisor/instance.ts";
import { createPlans } from "../../plans/file-plans.ts";
import type { Notice } from "../notify-command.ts";
import { DecisionFiles } from "../../store/decision-files.ts";

export interface PlansContext {
  /** The project's folder: plans lie in `plans` below it. */
  readonly worktree: string;
  /** Where the ledger of decisions is. */
  readonly stateDir: string;
  readonly openBrowser: "auto" | "never";
  readonly reviews: OpenReviews;
  readonly unread: PlanServices["unread"];
  /** What runs agents, whose changes are shown as well; absent inside of one. */
  readonly fleet?: (() => Promise<Fleet>) | undefined;
  /** The background agent whose session it is, in the process of one. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  /** Who works on a plan; absent where nobody knows. */
  readonly agents?: PlanServices["agents"];
  /** Says to the user where a plan waits for them: in which words depends on who may read them. */
  readonly say: (sessionId: string, text: (act: Act) => string) => Promise<void>;
  readonly notify: (notice: Notice) => void;
  readonly report: (message: string, cause?: unknown) => void;
  /** What it takes to tell a session what came later; absent where nobody would read it. */
  readonly announcing?: Pick<FeedbackAnnouncerParts, "sessions" | "agent"> & {
    readonly host: Pick<HostClient, "messages" | "put">;
  };
}

/** Everything that has to do with plans, in one process. */
export interface PlanSide extends PlanServices {
  /** Who tells sessions what was decided later; absent where nobody would read it. */
  readonly announcers: ReviewAnnouncers | undefined;
  close(): void;
}

/** Builds the plans with their edges. Loaded at the first use: the host waits for the plugin at its start. */
export function startPlans(context: PlansContext): PlanSide {
  const { worktree, stateDir, reviews, report, openBrowser, announcing, instanceOf } = context;
  const folder = join(worktree, "plans");
  const plans = createPlans({ folder, clock: systemClock, ledger: new DecisionFiles(stateDir, folder) });
  const closing = new AbortController();
  const changeReviews = new OpenReviews();
  const announcers = announcing === undefined ? undefined : startAnnouncers(context, announcing, plans, changeReviews);
  const follow = (name: string): void => void announcers?.of(name)?.follow(name);
  const evidence = ownEvidence({ ownPorts: () => canvas.ports, isBrowser: (pid) => canvas.isBrowser(pid) });
  const canvas: Canvas = createCanvas({
    whoseAct: (pid) => whoseAct(evidence, { kind: "key", pid }),
    plans: {
      folder: plans.folder,
      read: async (...given) => await plans.read(...given),
      history: async (...given) => await plans.history(...given),
      edit: async (...given) => await plans.edit(...given),
      watch: (...given) => plans.watch(...given),
      // A plan that has been decided on is watched no more, and the person may think again.
      async finishReview(slug, ...given) {
        const finished = await plans.finishReview(slug, ...given);
        follow(slug);
        return finished;
      },
    },
    changes: context.fleet === undefined ? undefined : new ChangesDesk(context.fleet, folder),
    ...(context.agents !== undefined && { agents: context.agents }),
    openBrowser,
    environment: process.env,
    report,
  });
  return {
    plans,
    reviews,
    unread: context.unread,
    agents: context.agents,
    changeReviews,
    announcers,
    seen: new SeenPlans(),
    closing: closing.signal,
    show: async (slug) => await canvas.open(slug),
    callUser: async (sessionId, slug, shown) => {
      context.notify({ event: "review", subject: slug });
      await context
        .say(sessionId, (act) => callText(slug, shown, act))
        .catch((error: unknown) => {
          report(`The user could not be told where the plan "${slug}" waits.`, error);
        });
    },
    async asker(sessionId) {
      const instanceId = await instanceOf(sessionId);
      return { sessionId, ...(instanceId === undefined ? {} : { instanceId }) };
    },
    whoseAct: () => whoseAct(evidence, { kind: "command" }),
    follow,
    close() {
      closing.abort();
      announcers?.close();
      canvas.close();
    },
  };
}

/** Those who tell what was decided on plans, and on what agents have changed. */
export interface ReviewAnnouncers {
  /** Who tells of this plan, or of the changes of this agent. */
  of(name: string): FeedbackAnnouncer | undefined;
  followAll(): Promise<void>;
  /** A session has become idle. */
  idle(): void;
  close(): void;
}

function startAnnouncers(
  { worktree, reviews, report, fleet }: PlansContext,
  announcing: NonNullable<PlansContext["announcing"]>,
  plans: Plans,
  changeReviews: OpenReviews,
): ReviewAnnouncers {
  const parts = { clock: systemClock, report, ...announcing };
  const ofPlans = new FeedbackAnnouncer({ subjects: planSubjects(plans), reviews, ...parts });
  const ofChanges =
    fleet === undefined
      ? undefined
      : new FeedbackAnnouncer({ subjects: changesIn(worktree, fleet), reviews: changeReviews, ...parts });
  const all = [ofPlans, ...(ofChanges === undefined ? [] : [ofChanges])];
  return {
    of: (name) => (INSTANCE_ID.test(name) ? ofChanges : ofPlans),
    async followAll() {
      await Promise.all(all.map(async (one) => await one.followAll()));
    },
    idle: () => all.forEach((one) => one.idle()),
    close: () => all.forEach((one) => one.close()),
  };
}

/** The changes of this project's agents: those of another one are its opencode's to tell of. */
function changesIn(worktree: string, fleet: () => Promise<Fleet>): ReviewSubjects {
  return changesSubjects({
    reviews: async () => (await fleet()).workspace.reviews,
    async agent(instanceId) {
      const record = (await (await fleet()).catalog.find(instanceId))?.record;
      const { agent, title, directory } = record ?? {};
      if (agent === undefined || title === undefined || directory === undefined) return undefined;
      const isHere = directory === worktree || directory.startsWith(worktree.endsWith(sep) ? worktree : worktree + sep);
      return isHere ? { agent, title } : undefined;
    },
  });
}

function callText(slug: string, shown: ShownPlan | Error, act: Act): string {
  const isChanges = INSTANCE_ID.test(slug);
  const waits = isChanges
    ? `What the agent ${slug} has changed waits for your review`
    : `The plan "${slug}" waits for your review`;
  const command = isChanges
    ? `/bizar apply ${slug} (or /bizar discard ${slug})`
    : `/plan status ${slug} approved (or changes_requested, rejected)`;
  const how = act.by === "person" ? `\nOr decide here: ${command}` : "";
  if (shown instanceof Error) return `${waits}, but its page could not be shown: ${shown.message}${how}`;
  const { url, openedBrowser, why = "none here" } = shown;
  // Where a browser has it, no link is left in the session, which every program of the user can read.
  if (openedBrowser) return `${waits}. It was opened in your browser.${how}`;
  // The agent that started this opencode would read the link.
  if (act.by === "agent") return `${waits}. It could not be opened in a browser (${why}). ${act.why}`;
  return `${waits}. Open it in a browser:\n${url}\n(${why})\n${LINK_LIFE}${how}`;
}
