import { afterAll, beforeAll, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CONTRACT_PLACE, contractPlace } from "../../../scripts/test/contract-places.ts";
import type { Server } from "../../../scripts/scripted-host/opencode.ts";
import type { Sandbox, SandboxSettings } from "../../../scripts/scripted-host/sandbox.ts";
import { treeMembers } from "../../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import type { InstanceRecord } from "../../../src/store/record.ts";
import type { BackendName } from "../../../src/supervisor/instance.ts";
import {
  collectSpawned,
  createRig,
  recordOf,
  serve,
  spawn,
  type Answer,
  type Asked,
  type AskSettings,
} from "../rig.ts";
import type { ServedRig } from "../rig.ts";
import { placeElsewhere, type Opened, type PlaceElsewhere } from "../elsewhere/contract-places.ts";
import { whyNotThere } from "../elsewhere/not-there.ts";

/** Both of them; what the contract says holds on each. */
export const BACKENDS: readonly BackendName[] = ["process", "warm"];

/** The place elsewhere that the sentences are tried at, where they are not tried on this machine's own backends. */
const ELSEWHERE = placeElsewhere();

/** A model that has room for little: opencode compacts a session of some steps. */
export const SMALL_MODEL = "scripted/small";
const SMALL = { name: "Small", limit: { context: 10_000, output: 1000 } };

/** What a million tokens of either model cost, in dollars. */
const COST = { input: 1, output: 10 };

/** One opencode, and the backend that its agents run on. */
export interface OnBackend extends ServedRig {
  readonly backend: BackendName;
  /** Where they run: on this backend, or at a place elsewhere that makes use of it. */
  readonly place: BackendName | PlaceElsewhere["name"];
  /** The opencode that has their sessions. */
  readonly sessions: Server["client"];
  /** A step that spawns agents on this backend, all in one message. */
  spawn(...agents: AgentArguments[]): ReturnType<typeof spawn>;
  /** Has Odin spawn agents in one message, and collect all of them in the next. */
  delegate(agents: readonly AgentArguments[], ask?: AskSettings): Promise<Delegated>;
  /** Has Odin spawn one agent and go on without it; the answer to that. */
  start(agent: AgentArguments): Promise<Answer>;
  /** Has Odin call one of the plugin's tools, in a session of its own. */
  call(tool: string, args: Record<string, unknown>): Promise<Answer>;
  record(instanceId: string): Promise<InstanceRecord>;
}

/** The arguments of a spawn; the agent is thor where there is none. */
export type AgentArguments = Record<string, unknown> & { readonly prompt: string };

export interface Delegated extends Asked {
  /** The answers to the spawns, in order. */
  readonly spawned: readonly Answer[];
  /** The answers to the collect, in order. */
  readonly collected: readonly Answer[];
}

type Sentence = (sentence: string, body: (on: OnBackend) => Promise<void>, limitMs?: number) => void;

/** For what holds on each backend, and is tried on each of them. */
export interface OnBothBackends extends Sentence {
  /** What no backend decides, and no place: it is tried on the warm one, whose agents need no opencode of their own. */
  readonly once: Sentence;
  /** What only the process backend decides, or where the body itself brings the other one in. */
  readonly onProcess: Sentence;
}

/**
 * Starts one opencode for a test file.
 *
 * @param prepare what has to be in the sandbox before it starts
 * @returns `test`, for the sentences that hold of it
 */
export function onBothBackends(
  settings: Omit<SandboxSettings, "modelUrl"> = {},
  prepare: (sandbox: Sandbox) => Promise<void> = async () => undefined,
): OnBothBackends {
  let rig: ServedRig;
  let sessions: Server["client"];
  let there: Opened | undefined;
  beforeAll(async () => {
    const created = await createRig((await ELSEWHERE?.settings(settings)) ?? settings);
    await setModels(created.sandbox.home);
    await prepare(created.sandbox);
    there = await ELSEWHERE?.open(created);
    rig = await serve(created);
    sessions = there?.sessions ?? rig.server.client;
  }, 180_000);
  afterAll(async () => {
    await rig.dispose();
    await there?.close();
  });
  const tried =
    (backends: readonly BackendName[]): Sentence =>
    (sentence, body, limitMs = 180_000) => {
      for (const backend of backends) {
        const run = async () => {
          // Both are asked the same: what the other one said is no answer to that.
          rig.model.requests.length = 0;
          await body(onBackend(rig, sessions, backend));
        };
        const why = ELSEWHERE && whyNotThere(ELSEWHERE.name, sentence);
        if (why === undefined) test(`${sentence} [${ELSEWHERE?.name ?? backend}]`, run, limitMs);
        else test.skip(`${sentence} [not on a ${ELSEWHERE?.name}: ${why}]`, run);
      }
    };
  if (ELSEWHERE === undefined) {
    const place = contractPlace(process.env[CONTRACT_PLACE]);
    if (place === "process") return Object.assign(tried([place]), { once: tried([]), onProcess: tried([]) });
    const shared = tried(place === "warm" ? [place] : BACKENDS);
    return Object.assign(shared, { once: tried(["warm"]), onProcess: tried(["process"]) });
  }
  const { backend } = ELSEWHERE;
  return Object.assign(tried([backend]), { once: tried([]), onProcess: tried(backend === "process" ? [backend] : []) });
}

function onBackend(rig: ServedRig, sessions: Server["client"], backend: BackendName): OnBackend {
  let asked = 0;
  const nextPrompt = () => `The ${++asked}. question on the ${backend} backend.`;
  const where = ELSEWHERE === undefined ? { backend } : { on: ELSEWHERE.name };
  const spawnHere = (...agents: AgentArguments[]) =>
    spawn(...agents.map((agent) => ({ ...where, agent: "thor", ...agent })));
  return {
    ...rig,
    backend,
    place: ELSEWHERE?.name ?? backend,
    sessions,
    spawn: spawnHere,
    async delegate(agents, ask) {
      const prompt = nextPrompt();
      rig.plan(prompt, spawnHere(...agents), collectSpawned());
      const answer = await rig.ask(prompt, ask);
      const [collected = []] = answer.answers("bizar_collect");
      return { ...answer, spawned: answer.answers("bizar_spawn_background"), collected };
    },
    async start(agent) {
      const prompt = nextPrompt();
      rig.plan(prompt, spawnHere(agent));
      return (await rig.ask(prompt)).answers("bizar_spawn_background")[0];
    },
    async call(tool, args) {
      const prompt = nextPrompt();
      rig.plan(prompt, { calls: [{ tool, args }] });
      return (await rig.ask(prompt)).answers(tool)[0];
    },
    record: async (instanceId) => await recordOf(rig, { instanceId }),
  };
}

/** The command lines of what lives of an agent's tree; of one in a server elsewhere: of what its working tree is used by. */
export function living({ instanceId }: { readonly instanceId: string }): string[] {
  if (ELSEWHERE?.backend !== "warm") return treeMembers({ marker: instanceId }).map(({ command }) => command);
  const name = instanceId.toLowerCase().replaceAll("_", "-");
  return systemProcessTable()
    .list()
    .flatMap(({ pid, command }) => (folderOf(pid).includes(name) ? command : []));
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It has gone.
    return "";
  }
}

/** Gives the models their prices, and the small one its limit. */
export async function setModels(home: string): Promise<void> {
  const folder = join(home, ".config/opencode");
  const models = { "model-a": { cost: COST }, "model-b": { cost: COST }, small: { ...SMALL, cost: COST } };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "opencode.json"), JSON.stringify({ provider: { scripted: { models } } }));
}
