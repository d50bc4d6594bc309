/** The variable that has the sentences of the contract tried at a place elsewhere. */
export const CONTRACT_PLACE = "CONTRACT_PLACE";
const PLACES = ["launcher", "server"] as const;

/** Those of the contract that say what a supervisor's agents are like, wherever they run. */
const FILES = [
  ...["ending", "follow-ups", "limits", "outcomes", "prompt-and-result"],
  ...["questions", "refusals", "spawn-and-collect", "whose-words"],
];
const ON = " on a ";

/** A test file, and what its process has in its environment. */
export interface TestStep {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The names of the steps that try the contract elsewhere: "tests/opencode/contract/ending.test.ts on a server". */
export function contractElsewhere(): string[] {
  return PLACES.flatMap((place) => FILES.map((name) => `tests/opencode/contract/${name}.test.ts${ON}${place}`));
}

/** What a step runs. */
export function testStep(name: string): TestStep {
  const [file = name, place] = name.split(ON);
  return { file, environment: place === undefined ? {} : { [CONTRACT_PLACE]: place } };
}

/** Whether a step, or what it is asked for by, names a place elsewhere. */
export function namesPlace(name: string): boolean {
  return name.includes(ON.trimEnd());
}
