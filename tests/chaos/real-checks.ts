import { endsIn } from "../../src/opencode/own-metadata.ts";
import type { InstanceRecord } from "../../src/store/record.ts";
import { isTerminalRecord } from "../../src/store/terminal-record.ts";
import type { AgentTask, Life } from "../fixtures/chaos-agent.ts";
import { PARENT } from "../fixtures/chaos-host.ts";
import { hasForeignWords } from "./foreign-words.ts";
import type { Choices } from "./real-choices.ts";
import type { RealRun } from "./real-run.ts";

/** What keeps a run from being at rest, as it should be a moment after the next host has started. */
export function unrest(run: RealRun): string[] {
  const records = run.records();
  const open = records.filter((record) => !isTerminalRecord(record));
  const untold = records.filter(({ announcement }) => announcement?.state !== "announced");
  const found = [
    ...open.map(({ instanceId, status }) => `${instanceId} is still ${status}`),
    ...untold.map(({ instanceId, announcement }) => `${instanceId} is told: ${announcement?.state ?? "no"}`),
    ...leftFiles(run),
  ];
  if (found.length > 0) return found;
  // The process table takes longest to read.
  return run.processes().map(({ pid, command }) => `process ${pid} is left: ${command}`);
}

/** What a settled run has told wrongly. */
export function untruths(run: RealRun, choices: Choices): string[] {
  const records = run.records();
  const told = (run.sessions.messages(PARENT) ?? []).flatMap(({ parts }) => parts.map(({ text }) => text ?? ""));
  const foreign = [...run.files().map(({ text }) => text), ...told].filter((text) => hasForeignWords(text));
  return [
    ...run.violations,
    ...records.flatMap((record) => untruth(run, choices, record)),
    ...mistold(run, records),
    ...foreign.map((text) => `words of no agent: ${text}`),
  ];
}

const RECORD_FILE = /^bgr_\w{26}\.(?:json|result\.md)$/;
const UNFINISHED = /^bgr_\w{26}\.(?:json|json\.claim[.\w]*|result\.md|live|answers)\.\d{1,10}$/;

/**
 * The files that nobody should have left. What a host was writing in the moment of its death is for housekeeping, an hour
 * later.
 */
function leftFiles(run: RealRun): string[] {
  const left = run.files().filter(({ name, writtenAt }) => {
    return !RECORD_FILE.test(name) && !(UNFINISHED.test(name) && writtenAt <= run.endedAt);
  });
  return left.map(({ name, text }) => `${name} is left: ${text}`);
}

function untruth(run: RealRun, choices: Choices, record: InstanceRecord): string[] {
  const { instanceId, status, reason, error, sessionId, turns } = record;
  const { number, life } = JSON.parse(record.prompt) as AgentTask;
  const answer = answerOf(run, instanceId);
  const isStruck = run.struck.has(instanceId);
  const how = reason ?? status;
  const isKilled = choices.kill?.number === number || choices.ask?.number === number;
  const may = mayEnd(choices, life, { isStruck, isKilled });
  const found: string[] = [];
  const wrong = (what: string) => found.push(`${instanceId} (${life}) is ${status} ${reason ?? ""}, but ${what}`);
  if (!may.has(how)) wrong(`it may only be ${[...may].join(", ")}: ${error ?? ""}`);
  if (status === "done" && (answer === undefined || run.result(instanceId) !== answer)) {
    wrong(`its session says ${answer}, and its result ${run.result(instanceId)}`);
  }
  if (reason === "supervisor_lost" && sessionId !== null && answer !== undefined) wrong("its session has its answer");
  if (reason === "exit_nonzero" && !isStruck && turns.at(-1)?.exitCode !== 7) wrong("it has not failed");
  if (reason === "exit_nonzero" && life !== "fails" && turns.at(-1)?.signal === null) wrong("a signal ended it");
  return found;
}

/** The ends that an agent may have had: statuses and reasons. */
function mayEnd(
  { end }: Choices,
  life: Life,
  { isStruck, isKilled }: { isStruck: boolean; isKilled: boolean },
): Set<string> {
  return new Set([
    end === "close" ? "shutdown" : "supervisor_lost",
    ...(life === "finishes" ? ["done"] : []),
    ...(life === "fails" || isStruck ? ["exit_nonzero"] : []),
    ...(isKilled ? ["killed"] : []),
  ]);
}

/** The whole answer of an agent, where its session has one. */
function answerOf({ sessions }: RealRun, instanceId: string): string | undefined {
  const messages = sessions.messages(`ses_${instanceId.slice("bgr_".length)}`) ?? [];
  return messages.find(({ info }) => info.finish === "stop" && info.summary !== true)?.parts[0]?.text ?? undefined;
}

/** Each end is told once; and by a host that did not see it, without waking anybody. */
function mistold({ sessions }: RealRun, records: readonly InstanceRecord[]): string[] {
  const messages = sessions.messages(PARENT) ?? [];
  const told = messages.flatMap(({ parts }) => parts.flatMap(({ metadata }) => endsIn(metadata)));
  const woken = messages.filter(({ by, wake }) => by !== 1 && wake === true);
  return [
    ...records.flatMap(({ instanceId, turns }) => {
      const times = told.filter((end) => end.instanceId === instanceId && end.turn === turns.length).length;
      return times === 1 ? [] : [`the end of ${instanceId} is told ${times} times`];
    }),
    ...(told.length === records.length ? [] : [`${told.length} ends are told of ${records.length} agents`]),
    ...woken.map(({ by }) => `host ${by} wakes the session for what another one left`),
  ];
}
