import { createOpencodeClient, type OpencodeClient } from "@opencode-ai/sdk";
import { OPENCODE, type Sandbox } from "./sandbox.ts";

export interface RunSettings {
  readonly prompt: string;
  /** The command that starts opencode, which is put behind it. */
  readonly below?: readonly string[];
  readonly agent?: string;
  readonly directory?: string;
  readonly arguments?: readonly string[];
  /** What stands before `run`. */
  readonly globalArguments?: readonly string[];
  readonly environment?: Record<string, string>;
  /** Told of each event as it is printed. */
  readonly onEvent?: (event: RunOutput) => void;
}

/** One event of `opencode run --format json`. */
export interface RunOutput {
  readonly type: string;
  readonly sessionID: string;
  readonly part?: {
    readonly text?: string;
    readonly tool?: string;
    readonly state?: {
      readonly status: string;
      readonly title?: string;
      readonly output?: string;
      readonly error?: string;
    };
  };
}

export interface RunEnd {
  readonly exitCode: number;
  readonly events: readonly RunOutput[];
  readonly stderr: string;
  /** The answer of the last call of a tool, parsed. */
  toolAnswers(tool: string): unknown[];
}

/** An `opencode run` that goes on. */
export interface StartedRun {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<RunEnd>;
}

/** Starts `opencode run` in a sandbox, as a user would. */
export function startRun(sandbox: Sandbox, settings: RunSettings): StartedRun {
  const child = Bun.spawn(
    [
      ...[...(settings.below ?? []), OPENCODE, ...(settings.globalArguments ?? [])],
      ...["run", "--format", "json", "--dir", settings.directory ?? sandbox.project],
      ...(settings.agent === undefined ? [] : ["--agent", settings.agent]),
      ...(settings.arguments ?? []),
    ],
    {
      cwd: settings.directory ?? sandbox.project,
      env: { ...sandbox.environment, ...settings.environment },
      stdin: new TextEncoder().encode(settings.prompt),
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  const finish = async (): Promise<RunEnd> => {
    const [events, stderr] = await Promise.all([readEvents(child.stdout, settings.onEvent), child.stderr.text()]);
    const exitCode = await child.exited;
    return { exitCode, events, stderr, toolAnswers: (tool) => answersOf(events, tool) };
  };
  return { pid: child.pid, kill: (signal) => child.kill(signal), ended: finish() };
}

/** Runs `opencode run` to its end. */
export async function runOpencode(sandbox: Sandbox, settings: RunSettings): Promise<RunEnd> {
  return await startRun(sandbox, settings).ended;
}

async function readEvents(
  stdout: ReadableStream<Uint8Array>,
  onEvent: ((event: RunOutput) => void) | undefined,
): Promise<RunOutput[]> {
  const events: RunOutput[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stdout) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("{")) continue;
      const event = JSON.parse(line) as RunOutput;
      events.push(event);
      onEvent?.(event);
    }
  }
  return events;
}

function answersOf(events: readonly RunOutput[], tool: string): unknown[] {
  return events.flatMap(({ part }) => {
    if (part?.tool !== tool || part.state?.output === undefined) return [];
    return [JSON.parse(part.state.output) as unknown];
  });
}

/** A running `opencode serve`. */
export interface Server {
  readonly pid: number;
  readonly url: string;
  readonly client: OpencodeClient;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts `opencode serve` in a sandbox and waits until it listens.
 *
 * @param port 0: one that is free
 */
export async function startServer(
  sandbox: Sandbox,
  environment: Record<string, string> = {},
  port = 0,
): Promise<Server> {
  const child = Bun.spawn([OPENCODE, "serve", "--hostname", "127.0.0.1", "--port", String(port)], {
    cwd: sandbox.project,
    env: { ...sandbox.environment, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const errors = child.stderr.text();
  const baseUrl = await listeningUrl(child.stdout);
  if (baseUrl === undefined) throw new Error(`opencode serve did not start: ${await errors}`);
  return {
    pid: child.pid,
    url: baseUrl,
    client: createOpencodeClient({ baseUrl, directory: sandbox.project }),
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await child.exited;
    },
  };
}

async function listeningUrl(stdout: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = stdout.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    text += decoder.decode(read.value, { stream: true });
    const url = /listening on (http:\/\/\S+)/.exec(text)?.[1];
    if (url === undefined) continue;
    // The rest is drained, so that the server never waits for a reader.
    void drain(reader);
    return url;
  }
  return undefined;
}

async function drain(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}
