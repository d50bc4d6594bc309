import { afterEach, expect, test } from "bun:test";
import { heapStats } from "bun:jsc";
import { EventStream, type ServerEvent } from "../../../src/backends/warm/event-stream.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { scaledClock } from "../../scaled-clock.ts";
import { until } from "../../until.ts";

type Connection = ReadableStreamDefaultController<Uint8Array>;

let ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends) end();
  ends = [];
});

/** A clock on which a second takes 5 ms. */
const fast = scaledClock(200);

/** A real server that does with each connection what the test says, and a stream that reads from it. */
function streamFrom(
  answer: (connection: Connection, number: number) => void,
  status = 200,
  clock: Clock = systemClock,
) {
  let connections = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    fetch() {
      const number = ++connections;
      const body = new ReadableStream<Uint8Array>({ start: (connection) => answer(connection, number) });
      return new Response(body, { status, headers: { "content-type": "text/event-stream" } });
    },
  });
  const seen = { events: [] as ServerEvent[], gaps: 0, reports: [] as string[], connections: () => connections };
  const stream = new EventStream({
    open: async (signal) => await fetch(`http://127.0.0.1:${server.port}/global/event`, { signal }),
    onEvent: (event) => void seen.events.push(event),
    onGap: () => void seen.gaps++,
    report: (message) => void seen.reports.push(message),
    clock,
  });
  ends.push(() => {
    stream.close();
    void server.stop(true);
  });
  return { stream, seen };
}

const encoder = new TextEncoder();
const line = (type: string, properties: unknown = {}) =>
  `data: ${JSON.stringify({ payload: { type, properties } })}\n\n`;
const send = (connection: Connection, ...texts: string[]) => {
  for (const text of texts) connection.enqueue(encoder.encode(text));
};
const words = ({ events }: { events: ServerEvent[] }) => events.map(({ type }) => type);

test("events are handed on, copies and other lines are not, and the first connection is no gap", async () => {
  const { stream, seen } = streamFrom((connection) => {
    const copy = `data: ${JSON.stringify({ directory: "/x", payload: { type: "sync", syncEvent: {} } })}\n\n`;
    send(connection, line("server.connected"), ": a comment\n", copy, line("session.idle", { sessionID: "ses_a" }));
  });
  await stream.connected;
  await until("the event", () => seen.events.length > 0);
  expect(seen.events).toEqual([{ type: "session.idle", properties: { sessionID: "ses_a" } }]);
  expect([seen.gaps, seen.reports]).toEqual([0, []]);
});

test("an event that comes in pieces is whole", async () => {
  const { seen } = streamFrom((connection) => {
    const text = line("session.idle", { sessionID: "ses_ä" });
    const bytes = encoder.encode(text);
    for (const byte of bytes) connection.enqueue(new Uint8Array([byte]));
  });
  await until("the event", () => seen.events.length > 0);
  expect(seen.events[0]?.properties).toEqual({ sessionID: "ses_ä" });
});

test("half an event and then an end: it connects again, and what was missed is a gap", async () => {
  const { seen } = streamFrom((connection, number) => {
    send(connection, line("server.connected"));
    if (number > 1) return;
    send(connection, line("session.idle").slice(0, 30));
    connection.close();
  });
  await until("a gap", () => seen.gaps === 1);
  expect([seen.connections(), words(seen)]).toEqual([2, []]);
});

test("an event that no turn can do without, and that cannot be read, is a gap; another one is not", async () => {
  const { seen } = streamFrom((connection) => {
    const huge = "x".repeat(10_485_760);
    send(connection, line("server.connected"), line("session.diff", { huge }));
    send(connection, line("message.part.updated", { huge }), 'data: {"payload":{"type":"session.idle"\n\n');
    send(connection, line("server.heartbeat"));
  });
  await until("the heartbeat", () => seen.events.length > 0);
  expect([words(seen), seen.gaps]).toEqual([["server.heartbeat"], 2]);
  expect(seen.reports[0]).toContain("an event could not be read");
});

test("a connection that is open and silent is given up", async () => {
  const { seen } = streamFrom((connection) => send(connection, line("server.connected")), 200, fast);
  await until("it connects again", () => seen.connections() >= 2);
  expect(seen.reports[0]).toContain("nothing came for 25 s");
});

for (const status of [401, 500]) {
  test(`a server that answers ${status} is refused in clear words`, async () => {
    const { stream } = streamFrom((connection) => connection.close(), status);
    expect(await problemOf(stream.connected)).toContain(`HTTP ${status}`);
  });
}

test("a server that never answers is asked again and again, and a close ends that", async () => {
  let asked = 0;
  const open = async (signal: AbortSignal) => {
    asked += 1;
    return await new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const reports: string[] = [];
  const report = (message: string) => void reports.push(message);
  const stream = new EventStream({ open, onEvent() {}, onGap() {}, report, clock: fast });
  await until("it was asked twice", () => asked >= 2);
  stream.close();
  expect(reports[0]).toContain("the server does not answer");
  expect(await problemOf(stream.connected)).toContain("closed");
});

/** What a promise is rejected with, in words. */
async function problemOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "",
    (error: unknown) => String(error),
  );
}

function objects(): number {
  Bun.gc(true);
  return heapStats().objectCount;
}

test("a stream keeps nothing of what it has handed on, however long it lasts", async () => {
  const chunks = 20_000;
  const event = encoder.encode(line("session.idle"));
  let read = 0;
  const endless = new ReadableStream<Uint8Array>({
    async pull(connection) {
      if (read++ < chunks) connection.enqueue(event);
      else await Promise.withResolvers<void>().promise;
    },
  });
  let events = 0;
  let before = 0;
  const stream = new EventStream({
    open: async () => new Response(endless),
    onEvent() {
      if (events++ === 0) before = objects();
    },
    onGap: () => undefined,
    report: () => undefined,
    clock: systemClock,
  });
  ends.push(() => stream.close());
  await until("all is read", () => events === chunks);
  expect(objects() - before).toBeLessThan(chunks / 10);
});

test("a stream keeps nothing of the connections that it has lost, however many", async () => {
  let connections = 0;
  const connected = encoder.encode(line("server.connected"));
  const stream = new EventStream({
    async open() {
      connections++;
      return new Response(
        new ReadableStream<Uint8Array>({
          start(connection) {
            connection.enqueue(connected);
            connection.close();
          },
        }),
      );
    },
    ...{ onEvent() {}, onGap() {}, report() {} },
    clock: { ...systemClock, after: (ms, run) => systemClock.after(ms === 100 ? 0 : ms, run) },
  });
  ends.push(() => stream.close());
  await until("some connections", () => connections > 200);
  const before = objects();
  await until("many more", () => connections > 1200);
  expect(objects() - before).toBeLessThan(1000);
});

test("a stream that was silent while nobody ran is read before it is given up", async () => {
  const clock = new FakeClock();
  const { seen } = streamFrom(
    (connection) => {
      connections.push(connection);
      send(connection, line("server.connected"));
    },
    200,
    clock,
  );
  const connections: Connection[] = [];
  await until("it is connected", () => clock.pending > 0 && connections.length === 1);
  clock.sleep(60_000);
  connections.forEach((connection) => send(connection, line("session.idle")));
  clock.advance(0);
  await until("what waited is read", () => seen.events.length === 1);
  clock.advance(24_000);
  await Bun.sleep(0);
  expect([seen.gaps, seen.reports]).toEqual([0, []]);
  clock.advance(25_000);
  await until("it is opened again", () => seen.reports.length === 1);
  expect(seen.reports[0]).toContain("nothing came for 25 s");
});
