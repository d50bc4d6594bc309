import { expect, test } from "bun:test";
import { readOptions } from "../../../src/config/options.ts";
import type { Diagnostics } from "../../../src/host/diagnostics.ts";
import type { HostClient } from "../../../src/opencode/host-client.ts";
import { PLAN_FIRST } from "../../../src/host/plans/plan-first.ts";
import { UnreadMessages } from "../../../src/host/unread-messages.ts";
import { hostPlans } from "../../../src/host/plans/host-plans.ts";
import { PlanSettingsFile } from "../../../src/store/plan-settings.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

test("two steps that ask at once whose session it is both go on where the host does not answer", async () => {
  const stateDir = temporaryFolder();
  await new PlanSettingsFile(stateDir, () => undefined).change({ visualPlan: true });
  const reports: string[] = [];
  const answers = [new Error("no answer"), undefined];
  const { hooks } = hostPlans({
    input: { worktree: "/", directory: temporaryFolder() },
    options: readOptions({ stateDir }, {}).options,
    host: {
      async parentOf() {
        const answer = answers.shift();
        // It takes its time: the other step asks meanwhile.
        await Bun.sleep(50);
        if (answer !== undefined) throw answer;
        return answer;
      },
    } as Partial<HostClient> as HostClient,
    diagnostics: { report: (message) => void reports.push(message) } as Partial<Diagnostics> as Diagnostics,
    unread: new UnreadMessages(),
    waitingChanged: () => undefined,
    showOnScreen: () => false,
    screenHint: () => undefined,
    quiet: undefined,
    notify: () => undefined,
    fleet: () => expect.unreachable(),
  });
  const step = async () => {
    const system: string[] = ["You are an agent."];
    await hooks["experimental.chat.system.transform"]?.({ sessionID: "ses_1", model: {} as never }, { system });
    return system.includes(PLAN_FIRST);
  };
  expect(await Promise.all([step(), step()])).toEqual([true, true]);
  expect(reports).toEqual(["Whether session ses_1 is a subagent's is not known."]);
  // It is asked again.
  expect(await step()).toBe(true);
  expect(answers).toEqual([]);
  await hooks.dispose?.();
});
