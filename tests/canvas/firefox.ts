import { onTestFinished } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Keys that have no letter, as WebDriver names them. */
const KEYS: Readonly<Record<string, string>> = {
  Enter: "\uE007",
  Escape: "\uE00C",
  Control: "\uE009",
};

/** The home page of a new profile, reports and updates would ask the network. */
const PREFERENCES: Readonly<Record<string, unknown>> = {
  "app.normandy.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
};

/**
 * A page in a Firefox as it is shipped, driven by WebDriver BiDi: Playwright drives a Firefox of its own only, and Bun 1.3
 * does not get through its WebSocket. A headless window never has the focus, so that Enter presses no button there.
 */
export class FirefoxPage {
  /** What the console said that is worth a look, so far. */
  readonly complaints: string[] = [];
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #context = "";
  #count = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data))));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#answers.values()) reject(new Error("Firefox has gone."));
    });
  }

  /** An empty page, in a Firefox that ends with the test. */
  static async open(program: string, width: number, height: number): Promise<FirefoxPage> {
    const profile = await mkdtemp(join(tmpdir(), "bizar-firefox-"));
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    await Bun.write(join(profile, "user.js"), lines.join("\n"));
    const child = Bun.spawn([program, "--headless", "--remote-debugging-port=0", "--profile", profile], {
      env: { ...process.env, HOME: profile },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await child.exited;
      await rm(profile, { recursive: true, force: true });
    });
    const socket = new WebSocket(`${await addressSaid(child.stderr)}/session`);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error("Firefox takes no connection.")));
    });
    const page = new FirefoxPage(socket);
    await page.#ask("session.new", { capabilities: {} });
    await page.#ask("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts } = await page.#ask("browsingContext.getTree", {});
    page.#context = (contexts as readonly { readonly context: string }[])[0]?.context ?? "";
    await page.#ask("browsingContext.activate", { context: page.#context });
    await page.#ask("browsingContext.setViewport", { context: page.#context, viewport: { width, height } });
    return page;
  }

  async goto(url: string): Promise<void> {
    await this.#ask("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** The value of an expression of the page's language. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#ask("script.evaluate", {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return JSON.parse((result as { readonly value: string }).value) as T;
  }

  /** Presses a key, as `n`, or several at once, as `Control+Enter`. */
  async press(keys: string): Promise<void> {
    const values = keys.split("+").map((key) => KEYS[key] ?? key);
    await this.#act([
      ...values.map((value) => ({ type: "keyDown", value })),
      ...values.toReversed().map((value) => ({ type: "keyUp", value })),
    ]);
  }

  async type(text: string): Promise<void> {
    await this.#act(Array.from(text).flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value }))));
  }

  /** Clicks what a selector finds. */
  async click(selector: string): Promise<void> {
    const [x, y] = await this.evaluate<readonly [number, number]>(`(() => {
      const found = document.querySelector(${JSON.stringify(selector)});
      found.scrollIntoView({ block: "nearest" });
      const { left, top, width, height } = found.getBoundingClientRect();
      return [Math.round(left + width / 2), Math.round(top + height / 2)];
    })()`);
    const press = ["pointerDown", "pointerUp"].map((type) => ({ type, button: 0 }));
    await this.#act([{ type: "pointerMove", x, y }, ...press], "pointer");
  }

  async #act(actions: readonly object[], type: "key" | "pointer" = "key"): Promise<void> {
    await this.#ask("input.performActions", { context: this.#context, actions: [{ type, id: type, actions }] });
  }

  async #ask(method: string, params: object): Promise<Record<string, unknown>> {
    const id = (this.#count += 1);
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#answers.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return await answer.promise;
  }

  #take(message: Record<string, unknown>): void {
    if (message["method"] === "log.entryAdded") {
      const { level, text } = message["params"] as { readonly level: string; readonly text: string };
      if (level === "error" || level === "warn") this.complaints.push(text);
      return;
    }
    const id = Number(message["id"]);
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (message["type"] === "success") answer?.resolve(message["result"] as Record<string, unknown>);
    else answer?.reject(new Error(`Firefox says: ${String(message["message"])}`));
  }
}

/** Where it listens, as it says at its start. The rest of what it says is read and left. */
async function addressSaid(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  const decoder = new TextDecoder();
  const read = async () => {
    for await (const bytes of stderr) {
      said = `${said}${decoder.decode(bytes)}`.slice(-4000);
      const [, address] = /WebDriver BiDi listening on (ws:\S+)\n/.exec(said) ?? [];
      if (address !== undefined) resolve(address);
    }
    reject(new Error(`Firefox did not start: ${said}`));
  };
  read().catch(reject);
  return await promise;
}
