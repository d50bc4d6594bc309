import { describe, expect, test } from "bun:test";
import { readGiven } from "../../../src/host/tools/arguments.ts";
import type { ToolSchema } from "../../../src/host/tools/schema-tool.ts";

const schema = {
  properties: {
    instanceId: { type: "string", isName: true, alsoCalled: ["id", "agent_id"], description: "" },
    ids: { type: "array", items: { type: "string" }, areNames: true, maxItems: 3, description: "" },
    timeoutMs: { type: "integer", minimum: 1000, maximum: 1_800_000, alsoCalled: ["timeout"], description: "" },
    x: { type: "number", description: "" },
    all: { type: "boolean", description: "" },
    wait: { type: "string", enum: ["all", "any", "not-yet"], description: "" },
    title: { type: "string", minLength: 1, maxLength: 20, alsoCalled: ["description"], description: "" },
    content: { type: "string", description: "" },
    slug: { type: "string", isName: true, isSlug: true, description: "" },
    model: { type: "string", isName: true, isModel: true, description: "" },
    elements: { type: "array", items: { type: "object" }, description: "" },
    arrows: { type: "array", items: { type: "string" }, description: "" },
  },
  required: [],
} as const satisfies ToolSchema;
const id = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const other = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAW";
const read = (given: unknown) => readGiven("bizar_test", schema, given);

describe("arguments as they should be are taken without a word", () => {
  const cases: [given: unknown, value: Record<string, unknown>][] = [
    [{}, {}],
    [undefined, {}],
    [null, {}],
    ["", {}],
    [{ instanceId: id }, { instanceId: id }],
    [{ instanceId: null, all: true }, { all: true }],
    [{ ids: [id, other] }, { ids: [id, other] }],
    // As calls stand in the history of a session that a terminal UI shows.
    [{ for: "thor: a task", instanceId: [id] }, { instanceId: id }],
    [
      { title: ["A"], content: ["B\nC"] },
      { title: "A", content: "B\nC" },
    ],
    [{ timeoutMs: 1000 }, { timeoutMs: 1000 }],
    [{ timeoutMs: 1_800_000 }, { timeoutMs: 1_800_000 }],
    [
      { x: -0.5, all: false, wait: "any" },
      { x: -0.5, all: false, wait: "any" },
    ],
    // A text is what it is, to the last blank.
    [
      { title: ' "A" ', content: "" },
      { title: ' "A" ', content: "" },
    ],
    [
      { elements: [{ a: 1 }, 2], arrows: ["a>b"] },
      { elements: [{ a: 1 }, 2], arrows: ["a>b"] },
    ],
  ];
  for (const [given, value] of cases) {
    test(JSON.stringify(given) ?? "nothing", () => expect(read(given)).toEqual({ ok: true, value }));
  }
});

describe("what can be meant in one way only is taken so, and the note says how", () => {
  const cases: [given: unknown, value: Record<string, unknown>, note: string][] = [
    [{ timeoutMs: "60000" }, { timeoutMs: 60_000 }, 'timeoutMs "60000" → 60000'],
    [{ timeoutMs: " 60_000 " }, { timeoutMs: 60_000 }, '" 60_000 " → 60000'],
    [{ timeoutMs: "6e4" }, { timeoutMs: 60_000 }, "→ 60000"],
    [{ timeoutMs: "90s" }, { timeoutMs: 90_000 }, "→ 90000"],
    [{ timeoutMs: "5 minutes" }, { timeoutMs: 300_000 }, "→ 300000"],
    [{ timeoutMs: "1m30s" }, { timeoutMs: 90_000 }, "→ 90000"],
    [{ timeoutMs: "1 minute, 30.5 secs" }, { timeoutMs: 90_500 }, "→ 90500"],
    [{ timeoutMs: [2000] }, { timeoutMs: 2000 }, "→ 2000"],
    [{ timeoutMs: 1500.4 }, { timeoutMs: 1500 }, "1500.4 → 1500"],
    [{ timeoutMs: 5 }, { timeoutMs: 1000 }, "timeoutMs 5 → 1000"],
    [{ timeoutMs: "-1" }, { timeoutMs: 1000 }, '"-1" → 1000'],
    [{ timeoutMs: 9e9 }, { timeoutMs: 1_800_000 }, "→ 1800000"],
    [{ timeoutMs: Infinity }, { timeoutMs: 1_800_000 }, "→ 1800000"],
    [{ timeoutMs: "" }, {}, 'timeoutMs "" → left out'],
    [{ timeout_ms: 2000 }, { timeoutMs: 2000 }, "timeout_ms → timeoutMs"],
    [{ timeout: "2000" }, { timeoutMs: 2000 }, 'timeout → timeoutMs; timeoutMs "2000" → 2000'],
    [{ x: "12.5px" }, { x: 12.5 }, 'x "12.5px" → 12.5'],
    [{ x: ".5" }, { x: 0.5 }, 'x ".5" → 0.5'],
    [{ all: "true" }, { all: true }, 'all "true" → true'],
    [{ all: "False" }, { all: false }, 'all "False" → false'],
    [{ all: 1 }, { all: true }, "all 1 → true"],
    [{ all: "no" }, { all: false }, 'all "no" → false'],
    [{ all: "ON" }, { all: true }, 'all "ON" → true'],
    [{ all: "n" }, { all: false }, 'all "n" → false'],
    [{ all: "" }, {}, 'all "" → left out'],
    [{ wait: "ANY" }, { wait: "any" }, 'wait "ANY" → "any"'],
    [{ wait: " 'all' " }, { wait: "all" }, '→ "all"'],
    [{ wait: "not_yet" }, { wait: "not-yet" }, '→ "not-yet"'],
    [{ wait: "notYet" }, { wait: "not-yet" }, '→ "not-yet"'],
    [{ wait: "null" }, {}, 'wait "null" → left out'],
    [{ instanceId: `"${id}"` }, { instanceId: id }, "instanceId"],
    [{ instanceId: `\`${id}\`` }, { instanceId: id }, "instanceId"],
    [{ instanceId: ` <'${id}'>\n` }, { instanceId: id }, "instanceId"],
    [{ instanceId: `["${id}"]` }, { instanceId: id }, "instanceId"],
    [{ instanceId: 7 }, { instanceId: "7" }, "instanceId"],
    [{ instanceId: "" }, {}, 'instanceId "" → left out'],
    [{ instanceId: "None" }, {}, "left out"],
    [{ id }, { instanceId: id }, "id → instanceId"],
    [{ agentId: id }, { instanceId: id }, "agentId → instanceId"],
    [{ INSTANCE_ID: id }, { instanceId: id }, "INSTANCE_ID → instanceId"],
    [{ ids: JSON.stringify([id, other]) }, { ids: [id, other] }, "ids"],
    [{ ids: `['${id}', '${other}']` }, { ids: [id, other] }, "ids"],
    [{ ids: `${id}, ${other}` }, { ids: [id, other] }, "ids"],
    [{ ids: `${id} ${other}` }, { ids: [id, other] }, "ids"],
    [{ ids: `${id.slice(-6)};${other.slice(-6)}` }, { ids: [id.slice(-6), other.slice(-6)] }, "ids"],
    // Where a title ends, those who know the titles can tell.
    [{ ids: `Fix it; Look at "that"\n` }, { ids: ['Fix it; Look at "that"'] }, "ids"],
    [{ ids: `["Fix a.ts, b.ts", "Docs"]` }, { ids: ["Fix a.ts, b.ts", "Docs"] }, "ids"],
    [{ instanceId: `["Fix a.ts, b.ts"]` }, { instanceId: "Fix a.ts, b.ts" }, "instanceId"],
    [{ ids: [`"${id}"`, id, ""] }, { ids: [id] }, "ids"],
    [{ ids: [] }, {}, "ids [] → left out"],
    [{ title: "" }, {}, 'title "" → left out'],
    [{ title: " \n" }, {}, "left out"],
    [{ title: 7 }, { title: "7" }, 'title 7 → "7"'],
    [{ title: "x".repeat(40) }, { title: `${"x".repeat(19)}…` }, "title"],
    [{ description: "A" }, { title: "A" }, "description → title"],
    [{ title: "", description: "A" }, { title: "A" }, "description → title"],
    [{ title: "A", description: "B" }, { title: "A" }, 'ignored: "description"'],
    [{ title: "A", description: null }, { title: "A" }, ""],
    [{ content: true }, { content: "true" }, "content"],
    [{ slug: "New Login" }, { slug: "new-login" }, 'slug "New Login" → "new-login"'],
    [{ slug: "`new_login`" }, { slug: "new-login" }, "new-login"],
    [{ model: { providerID: "a", modelID: "b/c" } }, { model: "a/b/c" }, '→ "a/b/c"'],
    [{ model: [{ provider: "a", model: "b" }] }, { model: "a/b" }, '→ "a/b"'],
    [{ elements: '[{"a":1}]' }, { elements: [{ a: 1 }] }, "elements"],
    [{ elements: { a: 1 } }, { elements: [{ a: 1 }] }, "elements"],
    [{ elements: '{"a":1}' }, { elements: [{ a: 1 }] }, "elements"],
    [{ elements: "" }, {}, "left out"],
    [{ ids: id }, { ids: [id] }, `ids "${id}" → ["${id}"]`],
    [{ arrows: "a>b, then c" }, { arrows: ["a>b, then c"] }, 'arrows "a>b, then c" → ["a>b, then c"]'],
    [{ arrows: "a>b\nb>c\n" }, { arrows: ["a>b", "b>c"] }, "arrows"],
    [{ arrows: { from: "a", to: "b" } }, { arrows: [{ from: "a", to: "b" }] }, "arrows"],
    [{ run_in_background: true }, {}, 'ignored: "run_in_background"'],
    [{ timoutMs: 5 }, {}, 'ignored: "timoutMs" (did you mean timeoutMs?)'],
    [JSON.stringify({ instanceId: id }), { instanceId: id }, ""],
  ];
  for (const [given, value, note] of cases) {
    test(JSON.stringify(given).slice(0, 80), () => {
      const reading = read(given);
      expect(reading).toMatchObject({ ok: true });
      if (reading.ok) expect(reading.value as object).toEqual(value);
      expect(reading.note ?? "").toContain(note);
      expect((reading.note ?? "").length).toBeLessThan(120);
    });
  }

  test("all of a call in one note, which stays short", () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`what_${index}_${"x".repeat(90)}`, 1]));
    const reading = read({ id, all: "yes", timeoutMs: 1, ...many });
    expect(reading).toMatchObject({ ok: true, value: { instanceId: id, all: true, timeoutMs: 1000 } });
    expect(reading.note).toStartWith('id → instanceId; timeoutMs 1 → 1000; all "yes" → true; ignored: "what_0_xx');
    expect(reading.note).toEndWith("and 45 more");
  });
});

describe("what is unclear is an error that says what came", () => {
  const cases: [given: unknown, ...words: string[]][] = [
    [{ timeoutMs: "abc" }, '"timeoutMs": expected a whole number', 'got "abc"'],
    [{ timeoutMs: "soon" }, '"timeoutMs"'],
    [{ timeoutMs: "5 apples" }, '"timeoutMs"'],
    [{ timeoutMs: "1m 5 apples" }, '"timeoutMs"'],
    [{ timeoutMs: "1,5" }, '"timeoutMs"'],
    [{ timeoutMs: true }, '"timeoutMs"', "got true"],
    [{ timeoutMs: {} }, '"timeoutMs"', "got {}"],
    [{ timeoutMs: [1000, 2000] }, '"timeoutMs"'],
    [{ timeoutMs: Number.NaN }, '"timeoutMs"'],
    [{ x: "5s" }, '"x": expected a number'],
    [{ x: Infinity }, '"x"'],
    [{ all: "maybe" }, '"all": expected true or false', 'got "maybe"'],
    [{ all: 2 }, '"all"'],
    [{ all: "x".repeat(5000) }, '"all"', "…"],
    [{ wait: "anyy" }, '"wait": expected one of all, any, not-yet; did you mean any?', 'got "anyy"'],
    [{ wait: { any: true } }, '"wait"'],
    [{ title: { text: "A" } }, '"title": expected a text'],
    [{ model: { id: "b" } }, '"model": expected a text'],
    [{ model: { providerID: "a" } }, '"model": expected a text'],
    [{ title: { providerID: "a", modelID: "b" } }, '"title": expected a text'],
    [{ title: ["A", "B"] }, '"title"'],
    [{ instanceId: [id, other] }, '"instanceId"'],
    [{ instanceId: { id } }, '"instanceId"'],
    [{ ids: [{ id }] }, '"ids": expected one id or a list of ids'],
    [{ ids: [id, [other]] }, '"ids"'],
    [{ ids: { id } }, '"ids"'],
    [{ ids: ["a", "b", "c", "d"] }, '"ids": expected at most 3'],
    [{ elements: "a, b" }, '"elements": expected a list', 'got "a, b"'],
    [{ elements: 5 }, '"elements"'],
    [{ arrows: 5 }, '"arrows"'],
    [[], "expected an object", "got []"],
    ["all", "expected an object", 'got "all"'],
    [7, "expected an object", "got 7"],
  ];
  for (const [given, ...words] of cases) {
    test((JSON.stringify(given) ?? "nothing").slice(0, 60), () => {
      const reading = read(given);
      if (reading.ok) throw new Error("It was taken.");
      expect(reading.error).toStartWith("bizar_test takes instanceId, ids, timeoutMs, ");
      expect(reading.error.length).toBeLessThan(400);
      for (const word of words) expect(reading.error).toContain(word);
    });
  }

  test("all that is wrong is told at once, with what is missing and what was ignored", () => {
    const required = { ...schema, required: ["instanceId", "wait", "title"] } as const;
    const reading = readGiven("bizar_test", required, {
      timeoutMs: "abc",
      all: "perhaps",
      title: " ",
      titel: "x",
      x: "3",
    });
    if (reading.ok) throw new Error("It was taken.");
    expect(reading.error).toBe(
      "bizar_test takes instanceId, ids, timeoutMs, x, all, wait, title, content, slug, model, elements, arrows. " +
        '"instanceId": expected one (got nothing); "timeoutMs": expected a whole number (got "abc"); ' +
        '"all": expected true or false (got "perhaps"); "wait": expected one of all, any, not-yet (got nothing); ' +
        '"title": the title is empty (got " "). Call it again, corrected.',
    );
    expect(reading.partial as object).toEqual({ x: 3 });
    expect(reading.note).toBe('x "3" → 3; ignored: "titel" (did you mean title?)');
  });
});
