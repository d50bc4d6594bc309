import type { Workspace } from "../../src/workspace/workspace.ts";
import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import { readOptions } from "../../src/config/options.ts";
import type { HostClient } from "../../src/opencode/host-client.ts";
import { whenAborted } from "../../src/lib/when-aborted.ts";
import { backgroundToolHooks } from "../../src/host/tools/background-tools.ts";
import type { SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import { LastLooks } from "../../src/host/tools/last-looks.ts";
import { awakeClock } from "../../src/lib/awake-clock.ts";
import { deadlinePolicy } from "../../src/supervisor/policies/deadline.ts";
import { silencePolicy } from "../../src/supervisor/policies/silence.ts";
import { thinkingLoopPolicy } from "../../src/supervisor/policies/thinking-loop.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { Backend } from "../../src/supervisor/ports.ts";
import { Slices } from "../../src/lib/slices.ts";
import type { Fleet, SendMessage } from "../../src/fleet/fleet.ts";
import { OwnAgents } from "../../src/fleet/own-agents.ts";
import { AgentTurn } from "./agent-turn.ts";
import type { OsProcess } from "./os-processes.ts";
import type { World } from "./world.ts";

const { options } = readOptions({ supervisorAgents: ["*"] }, {});
const noReaction = async () => ({ ok: false, reason: "no_reaction", error: "It was not asked." }) as const;

/** One plugin instance in a host process: the real agents over the world's clock, disk, sessions and agents. */
export class ChaosHost {
  readonly name: string;
  readonly identity: SupervisorIdentity;
  readonly agents: OwnAgents;
  readonly sendMessage: SendMessage;
  readonly tools: ReturnType<typeof backgroundToolHooks>["tool"];
  /** The turns that have not come to their end. */
  readonly running = new Set<string>();
  isDisposed = false;
  readonly onExit: "kill" | "finish";

  constructor(
    private readonly world: World,
    readonly process: OsProcess,
  ) {
    this.onExit = world.random.chance(0.5) ? "kill" : "finish";
    const number = world.hosts.length + 1;
    this.name = `host${number}`;
    const { pid, startTime } = process;
    this.identity = { pid, startTime, bootId: world.processes.bootId, token: `T${String(number).padStart(4, "0")}` };
    process.tokens.add(this.identity.token);
    const sessions = world.sessions.clientOf(process, {
      putting: (sessionId, message) => world.telling.putting(this, sessionId, message),
    });
    const agents = new OwnAgents({
      paths: world.paths,
      identity: this.identity,
      onExit: this.onExit,
      announceBatch: "each",
      maySupervise: () => true,
      directory: "/project",
      clock: this.#clock(),
      machine: {
        files: world.disk.filesOf(process),
        now: () => world.clock.now(),
        bootedAt: () => world.processes.bootedAt,
        isAlive: world.processes.isAliveFor(process),
        slices: () => new Slices(Number.POSITIVE_INFINITY),
      },
      host: sessions,
      backend: this.#backend(),
      policies: [
        deadlinePolicy,
        silencePolicy({ stallTimeoutMs: 20_000, toolTimeoutMs: 60_000 }),
        thinkingLoopPolicy({ timeoutMs: 8000, maxInterventions: 1 }),
      ],
      notes: { post: async () => undefined, take: async () => [] },
      maxConcurrentInstances: world.cap,
      permissionWaitMs: 600_000,
      toast: { ended: () => undefined },
      childLives: (child) => world.processes.lives(child),
      endTree: async ({ instanceId }) =>
        await world.calls.perform(process, () => {
          if (world.processes.isUnreadable) throw new Error("EMFILE: too many open files");
          const own = world.turns.filter(({ request }) => request.instanceId === instanceId);
          for (const turn of own) turn.exit({ exitCode: null, signal: "SIGKILL" });
        }),
      report: (message, cause) => world.note(`  ${this.name}: ${message} ${String(cause)}`),
      warn: (message) => world.note(`  ${this.name}: ${message}`),
    });
    this.agents = agents;
    this.sendMessage = async (instanceId, prompt, now) => {
      const { asked } = world.records;
      asked.set(instanceId, (asked.get(instanceId) ?? 0) + 1);
      return await agents.sendMessage(instanceId, prompt, now);
    };
    const workspace = openWorkspace({ ...options, ...world.paths });
    this.tools = backgroundToolHooks({
      options,
      host: sessions as HostClient,
      recordDir: world.paths.recordDir,
      changeDir: world.paths.changeDir,
      clock: world.clock,
      looks: new LastLooks(),
      endsWithTurn: false,
      unread: { has: () => false, whenWritten: async (_sessionId, signal) => (await whenAborted(signal), false) },
      desk: async () => await Promise.reject(new Error("Nothing is put before a user here.")),
      fleet: async () => this.#fleet(workspace),
    }).tool;
  }

  /** Whether it is there and its process lives. */
  get isLive(): boolean {
    return this.process.isAlive && !this.isDisposed;
  }

  /** The other hosts are dealt with by what lies on the disk alone. */
  #fleet(workspace: Workspace): Fleet {
    const { agents, sendMessage } = this;
    return {
      ...{ workspace, sendMessage },
      supervisor: agents.supervisor,
      catalog: agents.catalog,
      collecting: agents.collecting,
      agentsOut: agents.agentsOut,
      tellNow: agents.tellNow,
      askOwner: noReaction,
      readElsewhere: async () => undefined,
      answer: async () => ({ ok: false, why: "It was not asked." }),
      event: (event) => agents.event(event),
      letFinish: async () => await agents.letFinish(),
      close: () => agents.close(),
    };
  }

  dispose(): void {
    // A call takes milliseconds: it is over before another instance tells anybody anything.
    this.world.calls.finish(this.process);
    this.isDisposed = true;
    this.agents.close();
    this.process.tokens.delete(this.identity.token);
  }

  /** Nothing of a dead process runs. */
  #clock(): Clock {
    const { clock } = this.world;
    return awakeClock({
      now: () => clock.now(),
      after: (delayMs, run) => {
        let isCleared = false;
        const timer = clock.after(delayMs, () => this.process.timed(() => isCleared || run()));
        return {
          clear() {
            isCleared = true;
            timer.clear();
          },
        };
      },
    });
  }

  #backend(): Backend {
    const { world } = this;
    return {
      start: (request, observer) => {
        const { instanceId } = request;
        const name = world.name(instanceId);
        if (this.isDisposed) world.violated(`${this.name} starts ${name} after it was disposed`);
        if (world.turns.some((turn) => turn.request.instanceId === instanceId && turn.process.isAlive)) {
          world.violated(`a second process of ${name} is started`);
        }
        this.running.add(instanceId);
        if (this.running.size > world.cap) world.violated(`${this.name} runs ${this.running.size} at once`);
        const number = this.agents.supervisor.view(instanceId)?.instance.turns.length ?? 1;
        const over = () => this.running.delete(instanceId);
        const turn = new AgentTurn(world, request, number, observer, this.process, this.onExit, over);
        world.turns.push(turn);
        return turn;
      },
    };
  }
}
