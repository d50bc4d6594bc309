import { afterEach, expect, test } from "bun:test";
import { bash, until } from "./rig.ts";
import { warmRig, type WarmRig } from "./warm-rig.ts";

let rig: WarmRig;
afterEach(async () => await rig.dispose());

/** A way to the server that can be cut: streams break off, and nothing gets through until it is mended. */
class Line {
  isCut = false;
  #cuts: (() => void)[] = [];

  readonly fetch = async (request: Request): Promise<Response> => {
    if (this.isCut) throw new Error("the line is cut");
    const response = await fetch(request);
    if (!request.url.endsWith("/global/event") || response.body === null) return response;
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const broken = new AbortController();
    this.#cuts.push(() => broken.abort(new Error("the line is cut")));
    response.body.pipeTo(writable, { signal: broken.signal }).catch(() => undefined);
    return new Response(readable, response);
  };

  cut(): void {
    this.isCut = true;
    for (const cut of this.#cuts.splice(0)) cut();
  }
}

test("the line is cut in the middle of a turn: no text twice, none lost, and the end is found", async () => {
  const line = new Line();
  rig = await warmRig({ fetch: line.fetch });
  const [cut, mend] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  rig.plan(
    "go on",
    { text: "before", calls: [bash("echo one")] },
    async () => {
      cut.resolve();
      await until("the line is cut", () => line.isCut);
      return { text: "unheard", calls: [bash("echo two")] };
    },
    { text: "the end" },
  );
  const turn = rig.start("go on");
  await cut.promise;
  line.cut();
  await until("the last step was asked for", () => rig.requestsFor("go on").length === 3);
  setTimeout(() => mend.resolve(), 1000);
  await mend.promise;
  line.isCut = false;
  const mended = performance.now();
  const { outcome, evidence } = await turn.ended;
  expect([outcome, evidence.text]).toEqual([{ status: "done" }, "before\n\nunheard\n\nthe end"]);
  // Not only by the heartbeat, which comes every 10 s.
  expect(performance.now() - mended).toBeLessThan(8000);
  expect(turn.progress.at(-1)).toMatchObject({ toolCallCount: 2, tokens: { input: 30, output: 15 } });
  const texts = turn.log.filter((each) => each.includes(" text "));
  expect(texts).toHaveLength(3);
}, 60_000);
