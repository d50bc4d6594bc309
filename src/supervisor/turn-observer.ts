import { addCounts } from "./add-counts.ts";
import type { Live } from "./live.ts";
import type { Clock } from "../lib/clock.ts";
import type { TurnObserver } from "./ports.ts";
import type { InstanceEvent } from "./transition.ts";
import type { UserAnswers } from "./user-answers.ts";

/** Makes what a backend reports of an instance's turn into events of the instance. */
export function turnObserver(
  live: Live,
  clock: Clock,
  answers: Pick<UserAnswers, "asked" | "answeredElsewhere" | "toldParent">,
  apply: (event: InstanceEvent) => void,
): TurnObserver {
  const now = () => clock.now();
  // Each turn is a process of its own that counts from zero.
  const { progress: earlier, sessionId: continued } = live.instance;
  return {
    spawned: (process) => apply({ type: "spawned", at: now(), process }),
    awaited: (place) => apply({ type: "awaited", place }),
    begun: (place) => apply({ type: "begun", at: now(), place }),
    sessionIdentified(sessionId, definition) {
      apply({ type: "session_identified", at: now(), sessionId, definition });
      live.identified.resolve();
    },
    prompted: (messageId) => apply({ type: "prompted", messageId }),
    startRepeated: () => apply({ type: "start_repeated", at: now(), sessionId: continued }),
    progressed(turnProgress) {
      apply({ type: "progressed", at: now(), progress: addCounts(earlier, turnProgress) });
      for (const watch of live.watches) watch.progressed?.(live.instance.progress);
    },
    asked: (asked) => answers.asked(live, asked),
    answeredElsewhere: (askId, reply) => answers.answeredElsewhere(live, askId, reply),
    toldParent: (said) => answers.toldParent(live, said),
    mustStop: (outcome) => apply({ type: "stop_requested", at: now(), outcome }),
  };
}
