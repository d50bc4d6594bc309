import { unreachable } from "../../src/lib/unreachable.ts";

/** The variable that has the sentences of the contract tried at one place alone. */
export const CONTRACT_PLACE = "CONTRACT_PLACE";
/** The backends of this machine. On "warm" they are tried with those that are of processes alone. */
const HERE = ["warm", "process"] as const;
const ELSEWHERE = ["launcher", "server"] as const;

export type ContractPlace = (typeof HERE)[number] | (typeof ELSEWHERE)[number];

/** What only processes decide. */
const OF_PROCESSES = ["late-exit"];
/** Those of the contract that say what a supervisor's agents are like, wherever they run. */
const FILES = [
  ...["ending", "follow-ups", "limits", "outcomes", "prompt-and-result"],
  ...["questions", "refusals", "spawn-and-collect", "whose-words"],
];
/** What is of this machine: its files, its programs. Two more take long, and are tried on both in one step. */
const OF_THIS_MACHINE = ["own-folder", "what-runs"];
const ON = " on ";

/** A test file, and what its process has in its environment. */
export interface TestStep {
  readonly file: string;
  readonly place: ContractPlace | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** The names of the steps that try the contract at one place: "tests/opencode/contract/ending.test.ts on server". */
export function contractSteps(): string[] {
  return [...HERE, ...ELSEWHERE].flatMap((place) =>
    filesAt(place).map((name) => `tests/opencode/contract/${name}.test.ts${ON}${place}`),
  );
}

function filesAt(place: ContractPlace): readonly string[] {
  switch (place) {
    case "warm":
      return [...FILES, ...OF_THIS_MACHINE, ...OF_PROCESSES];
    case "process":
      return [...FILES, ...OF_THIS_MACHINE];
    case "launcher":
    case "server":
      return FILES;
    default:
      return unreachable(place);
  }
}

/** What a step runs. */
export function testStep(name: string): TestStep {
  const [file = name, given] = name.split(ON);
  const place = given === undefined ? undefined : contractPlace(given);
  return { file, place, environment: place === undefined ? {} : { [CONTRACT_PLACE]: place } };
}

/** The place that a word names, where it is given. */
export function contractPlace(given: string | undefined): ContractPlace | undefined {
  const place = [...HERE, ...ELSEWHERE].find((name) => name === given);
  if (given !== undefined && place === undefined)
    throw new Error(`The contract is tried on ${[...HERE, ...ELSEWHERE].join(", ")}, not on ${JSON.stringify(given)}.`);
  return place;
}

/** Whether what a step is asked for by names the place as well. */
export function namesPlace(filter: string): boolean {
  return filter.includes(ON);
}
