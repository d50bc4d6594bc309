/** A message of a chat request, its content as plain text. */
export interface ChatMessage {
  readonly role: string;
  readonly text: string;
}

/** A request of opencode for the next step of a session. */
export interface ModelRequest {
  /** The model's id, without its provider. */
  readonly model: string;
  /** The system prompt, all parts of it. */
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  /** The text of the last message that came from a user, or from who asked for the agent. */
  readonly prompt: string;
  /** How many steps of the model lie behind that message: 0 for the first answer. */
  readonly step: number;
  /** What tools have answered since that message, in order. */
  readonly toolResults: readonly string[];
  /** All that it was told since that message: what tools have answered, and notes that are no part of that. */
  readonly told: readonly string[];
  /** The names of the tools that are offered. */
  readonly tools: readonly string[];
  /** The tools as they are offered, each with its words and the schema of its arguments. */
  readonly definitions: readonly ToolDefinition[];
  /** Aborts when opencode hangs up. */
  readonly hungUp: AbortSignal;
}

interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** One answer of the model: what is there is sent in this order. */
export interface ModelAnswer {
  /** The answer starts when this settles. */
  readonly after?: Promise<unknown>;
  readonly reasoning?: string;
  readonly text?: string;
  readonly calls?: readonly ToolCall[];
  /** Tokens of this step; 10 in and 5 out where absent. */
  readonly usage?: { readonly input: number; readonly output: number };
  /** Texts and arguments come in so many pieces, with a pause between two. */
  readonly drip?: { readonly pieces: number; readonly everyMs: number };
  /** The line breaks off behind the text. */
  readonly cut?: boolean;
  /** An HTTP error instead of an answer. */
  readonly status?: number;
  readonly headers?: Record<string, string>;
}

export interface ToolCall {
  readonly tool: string;
  readonly args: unknown;
}

/** Decides what the model says. Title requests are answered by the server itself. */
export type Script = (request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>;

/** A model server on 127.0.0.1 that speaks OpenAI's chat completions and plays back a script. */
export interface ScriptedModel {
  /** The base URL, for a provider of `@ai-sdk/openai-compatible`. */
  readonly url: string;
  /** Every request so far, title requests left out. */
  readonly requests: ModelRequest[];
  stop(): Promise<void>;
}

interface RawRequest {
  readonly model: string;
  readonly messages: readonly { role: string; content?: unknown }[];
  readonly tools?: readonly { function: ToolDefinition }[];
}

/** Starts the server on a free port. */
export function startScriptedModel(script: Script): ScriptedModel {
  const requests: ModelRequest[] = [];
  let calls = 0;
  const stopped = Promise.withResolvers<void>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    // A script may let opencode wait for as long as a test takes.
    idleTimeout: 0,
    async fetch(request) {
      const raw = (await request.json()) as RawRequest;
      // opencode asks for a session's title without offering tools (1.18.33).
      if (raw.tools === undefined || raw.tools.length === 0)
        return stream(raw.model, { text: "A title" }, () => "", stopped.promise);
      const read = readRequest(raw, request.signal);
      requests.push(read);
      // `server.stop(true)` waits for a handler that never answers (Bun 1.3.14): a script may be one.
      const answer = await Promise.race([script(read), stopped.promise]);
      if (answer === undefined) return new Response(null, { status: 503 });
      if (answer.status !== undefined) {
        return Response.json(
          { error: { message: answer.text ?? "scripted error" } },
          { status: answer.status, headers: answer.headers ?? {} },
        );
      }
      return stream(raw.model, answer, () => `call_${++calls}`, stopped.promise);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests,
    async stop() {
      stopped.resolve();
      await server.stop(true);
    },
  };
}

/** What an agent at work is told: in the session of a server elsewhere a message of its own, which asks for nothing. */
const NOTE = /^\[(?:message|limit)\] /;

function readRequest({ model, messages, tools = [] }: RawRequest, hungUp: AbortSignal): ModelRequest {
  const chat = messages.map(({ role, content }) => ({ role, text: plainText(content) }));
  const lastUser = chat.findLastIndex(({ role, text }) => role === "user" && !NOTE.test(text));
  const since = chat.slice(lastUser + 1);
  return {
    model,
    hungUp,
    messages: chat,
    system: chat.flatMap(({ role, text }) => (role === "system" ? text : [])).join("\n"),
    prompt: chat[lastUser]?.text ?? "",
    step: since.filter(({ role }) => role === "assistant").length,
    toolResults: since.flatMap(({ role, text }) => (role === "tool" ? text : [])),
    told: since.flatMap(({ role, text }) => (role === "assistant" ? [] : text)),
    tools: tools.map((tool) => tool.function.name),
    definitions: tools.map((tool) => tool.function),
  };
}

function plainText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("");
}

/** A text as the pieces in which it is sent. */
async function* dripped(text: string | undefined, drip: ModelAnswer["drip"]): AsyncGenerator<string> {
  if (text === undefined) return;
  const length = Math.ceil(text.length / (drip?.pieces ?? 1)) || 1;
  for (let start = 0; start < text.length; start += length) {
    if (start > 0) await Bun.sleep(drip?.everyMs ?? 0);
    yield text.slice(start, start + length);
  }
}

const SSE = { "content-type": "text/event-stream" };

function stream(model: string, answer: ModelAnswer, nextCallId: () => string, stopped: Promise<void>): Response {
  const chunk = (body: object) =>
    `data: ${JSON.stringify({ id: "scripted", object: "chat.completion.chunk", created: 1, model, ...body })}\n\n`;
  const delta = (content: object, finish: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: content, finish_reason: finish }] });
  const { input, output } = answer.usage ?? { input: 10, output: 5 };
  const body = async function* () {
    if (answer.after !== undefined) await Promise.race([answer.after, stopped]);
    yield delta({ role: "assistant", content: "" });
    for await (const piece of dripped(answer.reasoning, answer.drip)) yield delta({ reasoning_content: piece });
    for await (const piece of dripped(answer.text, answer.drip)) yield delta({ content: piece });
    if (answer.cut === true) throw new Error("cut");
    for (const [index, { tool, args }] of (answer.calls ?? []).entries()) {
      const call = { name: tool, arguments: "" };
      yield delta({ tool_calls: [{ index, id: nextCallId(), type: "function", function: call }] });
      for await (const piece of dripped(JSON.stringify(args), answer.drip)) {
        yield delta({ tool_calls: [{ index, function: { arguments: piece } }] });
      }
    }
    yield delta({}, answer.calls === undefined ? "stop" : "tool_calls");
    yield chunk({
      choices: [],
      usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    });
    yield "data: [DONE]\n\n";
  };
  return new Response(body(), { headers: SSE });
}
