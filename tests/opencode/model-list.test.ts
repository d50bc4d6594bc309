import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstanceRecord } from "../../src/store/record.ts";
import type { BackendName } from "../../src/supervisor/instance.ts";
import { PLAIN_LAUNCHER } from "./elsewhere/launcher-rig.ts";
import { bash, collectSpawned, createRig, serve, spawn, type ServedRig, type Step } from "./rig.ts";

let rig: ServedRig;
/** opencode's own list of models. */
let wholeList: string;
let asked = 0;

/** A provider as opencode's own list has it: nothing of it is in the configuration. */
function provider(id: string, ...models: string[]): [string, unknown] {
  const facts = { release_date: "2026-01-01", attachment: false, reasoning: false, temperature: true, tool_call: true };
  const model = (name: string) => ({ id: name, name, ...facts, limit: { context: 100_000, output: 8000 } });
  return [
    id,
    {
      ...{ id, name: id, env: [`${id.toUpperCase()}_API_KEY`] },
      ...{ npm: "@ai-sdk/openai-compatible", api: rig.model.url },
      models: Object.fromEntries(models.map((name) => [name, model(name)])),
    },
  ];
}

async function writeList(...providers: [string, unknown][]): Promise<void> {
  await writeFile(wholeList, JSON.stringify(Object.fromEntries(providers)));
}

const shortLists = async () => await readdir(join(rig.sandbox.stateDir, "models")).catch(() => []);

beforeAll(async () => {
  const created = await createRig({
    options: { launchers: { plain: { command: PLAIN_LAUNCHER } } },
    config: {
      small_model: "acme/small",
      agent: { helper: { mode: "subagent", description: "Helps", prompt: "You help.", model: "globex/helper" } },
    },
  });
  const { environment, home } = created.sandbox;
  // The rig's own list would be the user's.
  delete environment["OPENCODE_MODELS_PATH"];
  Object.assign(environment, { ACME_API_KEY: "key-of-acme", GLOBEX_API_KEY: "key-of-globex" });
  wholeList = join(home, ".cache/opencode/models.json");
  await mkdir(join(home, ".cache/opencode"), { recursive: true });
  rig = { ...created } as ServedRig;
  await wholeAgain();
  rig = await serve(created);
}, 180_000);
afterAll(async () => await rig.dispose());
beforeEach(async () => await wholeAgain());

async function wholeAgain(): Promise<void> {
  await writeList(provider("acme", "big", "small"), provider("globex", "helper"), provider("unused", "never"));
}

interface Worked {
  readonly answer: { readonly status: string; readonly result: string; readonly error?: string };
  /** The list of models that the agent's opencode was told to read. */
  readonly list: string | undefined;
}

/** Has an agent look at the environment of its bash, and play the further steps. */
async function work(args: Record<string, unknown>, ...more: Step[]): Promise<Worked> {
  const question = `Question ${++asked}`;
  const prompt = `Task ${asked}`;
  let list: string | undefined;
  rig.plan(question, spawn({ agent: "thor", prompt, ...args }), collectSpawned());
  rig.plan(
    prompt,
    async () => {
      list = await listOfAgent();
      return { calls: [bash('echo "its bash sees: ${OPENCODE_MODELS_PATH-nothing}"')] };
    },
    ...more,
    (request) => ({ text: request.toolResults.join("\n") }),
  );
  const told = await rig.ask(question);
  return { answer: told.answers("bizar_collect")[0]?.[0] ?? told.answers("bizar_spawn_background")[0], list };
}

/** The variable in the environment of the opencode that runs the newest agent. */
async function listOfAgent(): Promise<string | undefined> {
  const folder = join(rig.sandbox.stateDir, "bg");
  const newest =
    (await readdir(folder))
      .filter((name) => name.endsWith(".json"))
      .toSorted()
      .at(-1) ?? "";
  const { process, on } = (await Bun.file(join(folder, newest)).json()) as InstanceRecord;
  // A launched one is a child of the shell there.
  const below = on === undefined ? "" : await readFile(`/proc/${process?.pid}/task/${process?.pid}/children`, "utf8");
  const environment = await readFile(`/proc/${below.trim() || process?.pid}/environ`, "utf8");
  return /(?:^|\0)OPENCODE_MODELS_PATH=([^\0]*)/.exec(environment)?.[1];
}

const BACKENDS: readonly BackendName[] = ["process", "warm"];
for (const where of [...BACKENDS.map((backend) => ({ backend })), { on: "plain" }]) {
  const backend = Object.values(where).join();
  test(`an agent reads a list of what is connected, and its subagent works on another provider [${backend}]`, async () => {
    const helped: Step = {
      calls: [{ tool: "task", args: { description: "Help", prompt: `Help ${backend}`, subagent_type: "helper" } }],
    };
    rig.plan(`Help ${backend}`, ({ model }) => ({ text: `helped by ${model}` }));
    const { answer, list } = await work({ model: "acme/big", ...where }, helped);
    expect(answer).toMatchObject({ status: "done" });
    expect(answer.result).toContain("helped by helper");
    expect(answer.result).toContain("its bash sees: nothing");
    expect(list).toStartWith(join(rig.sandbox.stateDir, "models"));
    const text = await readFile(list ?? "", "utf8");
    expect(JSON.parse(text)).toEqual(
      Object.fromEntries([provider("acme", "big", "small"), provider("globex", "helper")]),
    );
    expect(text).not.toContain("key-of");
  }, 180_000);
}

test("a provider with models of its own in the configuration works beside the list", async () => {
  const { answer, list } = await work({ model: "scripted/model-b" });
  expect(answer).toMatchObject({ status: "done" });
  expect(list).toStartWith(join(rig.sandbox.stateDir, "models"));
}, 180_000);

test("a newer list of opencode's takes the place of the one before", async () => {
  const before = await work({ model: "acme/big" });
  await writeList(provider("acme", "big", "small", "bigger"), provider("globex", "helper"));
  const after = await work({ model: "acme/big" });
  expect(after.answer).toMatchObject({ status: "done" });
  expect(after.list).not.toBe(before.list);
  expect(Object.keys(JSON.parse(await readFile(after.list ?? "", "utf8")).acme.models)).toContain("bigger");
  expect(await shortLists()).toHaveLength(1);
}, 180_000);

// What opencode does without a list of ours is its own affair: a model of the configuration is always there.
const whole: [string, () => Promise<unknown>][] = [
  ["does not know a provider that is connected", async () => await writeList(provider("acme", "big", "small"))],
  ["cannot be read", async () => await writeFile(wholeList, '{"acme": {"id"')],
  ["is not there", async () => await rm(wholeList)],
];
for (const [what, change] of whole) {
  test(`where opencode's own list ${what}, agents read that, as without the plugin`, async () => {
    await change();
    const { answer, list } = await work({ model: "scripted/model-a" });
    expect(answer).toMatchObject({ status: "done" });
    expect(list).toBeUndefined();
  }, 180_000);
}
