import type { Instance, Progress } from "../instance.ts";
import { interventionText } from "./intervention.ts";
import { LimitTimer, type Policy } from "./policy.ts";

export interface ThinkingLimits {
  /** Thinking only, without a tool or a text. */
  readonly timeoutMs: number;
  /** How often a run is helped out before it is ended; a tool or a text gives them back. */
  readonly maxInterventions: number;
  /** What an agent can do, in words, by the tools that it has. */
  readonly offersOf?: (instance: Instance) => Promise<readonly string[]>;
}

/** Helps an agent out that only thinks, or repeats itself, and ends it when that does not help. */
export function thinkingLoopPolicy({ timeoutMs, maxInterventions, offersOf }: ThinkingLimits): Policy {
  return {
    watch(instance, clock, { end, intervene }) {
      let interventions = 0;
      let isStopping = false;
      let { toolCallCount } = instance.progress;
      let lastWords: string | undefined;
      let offers: readonly string[] = [];
      // Asked for at once: an intervention is in time, whatever is known by then.
      void offersOf?.(instance).then(
        (known) => void (offers = known),
        () => undefined,
      );
      /** As it was when the turn started. */
      let before = { interventions, toolCallCount };
      const act = (what: string) => {
        timer.clear();
        isStopping = true;
        if (interventions < (instance.losesSession === true ? 0 : maxInterventions)) {
          interventions += 1;
          intervene(interventionText(lastWords, offers));
          return;
        }
        const helped = interventions === 0 ? "" : ` ${interventions} interventions did not help.`;
        end({ status: "failed", reason: "thinking_loop", error: `${what}${helped}` });
      };
      const timer = new LimitTimer(clock, () =>
        act(`The agent only thought for ${timeoutMs} ms (backgroundThinkingLoopTimeoutMs).`),
      );
      const progressed = ({ liveness, ...progress }: Progress) => {
        toolCallCount = progress.toolCallCount;
        // What an already stopped turn still says is over.
        if (liveness === null || isStopping) return;
        ({ lastWords } = liveness);
        if (liveness.hasActed) interventions = 0;
        // The text that has become a loop was no step forward.
        if (liveness.repeatsItself && toolCallCount === before.toolCallCount) interventions = before.interventions;
        if (liveness.repeatsItself) act("The agent repeated the same text again and again.");
        else timer.set(liveness.thinkingSince, timeoutMs);
      };
      return {
        progressed,
        turnStarted() {
          isStopping = false;
          before = { interventions, toolCallCount };
        },
        dispose: () => timer.clear(),
      };
    },
  };
}
