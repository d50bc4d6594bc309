import { describe, expect, test } from "bun:test";
import { createPlanRig } from "./plan-rig.ts";

type Act = ReturnType<typeof createPlanRig>["act"];
interface Seen {
  readonly elements: { readonly id: string; readonly title: string }[];
  readonly connections: { readonly from: string; readonly to: string; readonly label?: string }[];
}

const two = [
  { name: "a", type: "task", title: "First", content: "Do it" },
  { name: "b", type: "decision", title: "Second step" },
];

const short = (id: string) => id.replace("el_", "");

/** The plan's arrows as `from>to label`, by the elements' ids without their prefix. */
async function arrows(act: Act): Promise<string[]> {
  const { connections } = (await act("get_canvas")) as Seen;
  return connections.map(
    ({ from, to, label }) => `${short(from)}>${short(to)}${label === undefined ? "" : ` ${label}`}`,
  );
}

describe("draw", () => {
  test.each([["content"], ["markdown"], ["body"]])("begins a plan from Markdown, given as %s", async (name) => {
    const { act } = createPlanRig();
    const markdown =
      "# New login\n\n## First\n- [x] Add the table\n- Send the mail\n\n```mermaid\nflowchart LR\n  A --> B\n```\n";
    expect(await act("draw", { [name]: markdown })).toMatchObject({ ok: true, elements: 3, created: true });
    expect(await act("get_canvas")).toMatchObject({
      title: "New login",
      elements: [
        { id: "el_add-the-table", type: "task", title: "Add the table", done: true, section: "First" },
        { id: "el_send-the-mail", type: "task", section: "First" },
        { id: "el_first", type: "diagram", content: "flowchart LR\n  A --> B" },
      ],
    });
    expect(await act("update_element", { elementId: "send-the-mail", section: "Second" })).toMatchObject({ ok: true });
  });

  test("with Markdown of which a diagram cannot be drawn makes no plan, and takes elements and arrows beside it", async () => {
    const { act } = createPlanRig();
    const broken = await act("draw", { content: "## A\n```mermaid\nflowchart LR\n  A --> \n```" });
    expect(broken).toMatchObject({ ok: false, error: expect.stringContaining("elements[0]") });
    const both = await act("draw", { content: "- One\n- Two", elements: two, connections: ["one>two then", "a>one"] });
    expect(both).toMatchObject({ ok: true, elements: 4, connections: 2 });
  });

  test("makes a whole plan in one call, in order, each element clear of the others", async () => {
    const { act, plans } = createPlanRig();
    const answer = await act("draw", { planTitle: "New login", elements: two, connections: ["a>b then"] });
    expect(answer).toEqual({ ok: true, action: "draw", planSlug: "x", elements: 2, connections: 1, created: true });
    const canvas = await act("get_canvas");
    expect(canvas).toMatchObject({
      title: "New login",
      elements: [
        { id: "el_a", type: "task", title: "First", content: "Do it" },
        { id: "el_b", type: "decision", title: "Second step" },
      ],
      connections: [{ from: "el_a", to: "el_b", label: "then" }],
    });
    // Where the layout has put them is nothing that an agent has to read.
    expect(canvas.elements.map((element: object) => Object.keys(element).toSorted())).toEqual([
      ["content", "id", "title", "type"],
      ["id", "title", "type"],
    ]);
    const stored = await plans.read("x");
    const [a, b] = stored.ok ? stored.value.plan.elements : [];
    const isClear = b!.x >= a!.x + a!.width || b!.y >= a!.y + a!.height;
    expect(isClear).toBe(true);
  });

  const readings: [given: unknown, arrow: string][] = [
    ["a>b", "a>b"],
    ["a > b", "a>b"],
    ["a -> b: writes to", "a>b writes to"],
    ["a-->b|yes|", "a>b yes|"],
    ["a → b no", "a>b no"],
    ["a>b if x > 3", "a>b if x > 3"],
    ["First>Second step when done", "a>b when done"],
    ["first > second STEP", "a>b"],
    ["el_a>el_b", "a>b"],
    ["a>a again", "a>a again"],
    [{ from: "a", to: "Second step", label: "then" }, "a>b then"],
    [{ source: "a", target: "b", title: "then" }, "a>b then"],
    [{ fromId: "el_a", toId: '"b"', label: " " }, "a>b"],
    [{ start: "First", end: "b", text: "then" }, "a>b then"],
  ];
  for (const [given, arrow] of readings) {
    test(`reads ${JSON.stringify(given)} as an arrow`, async () => {
      const { act } = createPlanRig();
      expect(await act("draw", { elements: two, connections: [given] })).toMatchObject({ ok: true });
      expect(await arrows(act)).toEqual([arrow]);
    });
  }

  test("a name with an arrow in it is a name, and what is no letter gets an id that the answer tells", async () => {
    const { act } = createPlanRig();
    const elements = [{ name: "x>y", title: "One" }, { name: "登录", title: "Two" }, { title: "No name" }];
    const { ids, ...answer } = await act("draw", { elements, connections: ["x>y>登录 out", "登录>No name on"] });
    expect(answer).toMatchObject({ ok: true, elements: 3, connections: 2 });
    expect(Object.keys(ids)).toEqual(["x>y", "登录"]);
    const { connections } = (await act("get_canvas")) as Seen;
    expect(connections).toMatchObject([
      { from: ids["x>y"], to: ids["登录"], label: "out" },
      { from: ids["登录"], label: "on" },
    ]);
    expect(await act("update_element", { elementId: "登录", title: "Login" })).toMatchObject({ ok: true });
  });

  test("adds to a plan that is there, and connects with what is there by id, name or title", async () => {
    const { act, person } = createPlanRig();
    await act("draw", { elements: two });
    await person({ op: "add_element", element: { id: "el_9f8e7d6c5b4a", type: "note", title: "The user's" } });
    const more = { elements: [{ name: "c", title: "Third" }], connections: ["b>c", "c>The user's see", "6c5b4a>a"] };
    expect(await act("draw", more)).toEqual({ ok: true, action: "draw", planSlug: "x", elements: 1, connections: 3 });
    expect(await arrows(act)).toEqual(["b>c", "c>9f8e7d6c5b4a see", "9f8e7d6c5b4a>a"]);
    expect(await act("draw", { connections: ["a>c"] })).toMatchObject({ ok: true, elements: 0, connections: 1 });
  });

  const wrong: [what: string, given: Record<string, unknown>, says: string[]][] = [
    ["nothing", {}, ["elements, connections, or both"]],
    ["no list", { elements: "a, b" }, ['"elements": expected a list']],
    [
      "several faults at once",
      { elements: [two[0], { name: "b" }, 7, { ...two[0] }], connections: ["a>b", "a>no", "a"] },
      [
        "elements[1]: add_element takes a title",
        "elements[2]: expected an object",
        'elements[3]: the name "a" is that of elements[0]',
        'connections[1]: There is no element "no"',
        "connections[2]: expected a text such as",
      ],
    ],
    ["an unknown type", { elements: [{ name: "c", type: "sticky", title: "x" }] }, ["elements[0]", "text, task, note"]],
    [
      "a misspelt field",
      { elements: [{ name: "c", titel: "x" }] },
      ["elements[0]", "takes a title", '"titel" (did you mean title?)'],
    ],
    ["a list for a title", { elements: [{ name: "c", title: ["a", "b"] }] }, ['elements[0]: "title": expected a text']],
    ["a name that is there", { elements: [{ name: "old", title: "x" }] }, ["elements[0]", '"old" already', "update"]],
    [
      "what the plan itself refuses",
      { elements: [two[0], { name: "c", title: "a\0b" }] },
      ["elements[1]: Expected title"],
    ],
    [
      "a place that is none",
      { elements: [{ name: "c", title: "c", x: "left" }] },
      ['elements[0]: "x": expected a number'],
    ],
    ["a title that two have", { connections: ["old>Twin"] }, ["connections[0]: 2 elements are called", "el_t1, el_t2"]],
  ];
  for (const [what, given, says] of wrong) {
    test(`refuses ${what} by its place in the call, and draws nothing of it`, async () => {
      const { act, plans } = createPlanRig();
      const old = [
        { name: "old", title: "Old" },
        { name: "t1", title: "Twin" },
        { name: "t2", title: "Twin" },
      ];
      await act("draw", { elements: old });
      const answer = await act("draw", given);
      expect(answer).toMatchObject({ ok: false, action: "draw" });
      for (const words of says) expect(answer.error).toContain(words);
      const now = await plans.read("x");
      expect(now.ok && now.value.plan.revision).toBe(2);
    });
  }

  test("an arrow means what this call draws, also where the plan has another one of that name", async () => {
    const { act } = createPlanRig();
    await act("draw", { elements: [{ name: "old", title: "Start" }] });
    const elements = [{ name: "new", title: "Start" }, ...two];
    expect(await act("draw", { elements, connections: ["Start>b", "old>new"] })).toMatchObject({ ok: true });
    expect(await arrows(act)).toEqual(["new>b", "old>new"]);
  });

  test("the arrows of an element that cannot be drawn are not wrong for that, by its name or its title", async () => {
    const { act } = createPlanRig();
    const elements = [two[0], { name: "odd", type: "sticky", title: "An odd one" }];
    const { ok, error } = await act("draw", { elements, connections: ["a>odd", "An odd one>a then", "a>no"] });
    expect(ok).toBe(false);
    expect(error.match(/(?:elements|connections)\[\d\]/g)).toEqual(["elements[1]", "connections[2]"]);
  });

  test("takes what an element can mean in one way only, and says so by its place", async () => {
    const { act } = createPlanRig();
    const loose = { id: "a", label: "A", type: "Task", done: "true", x: "40", y: 8, color: "red" };
    const answer = await act("draw", { elements: [loose, { name: "b", text: "B", title: 7 }], connections: "a>b" });
    expect(answer).toMatchObject({ ok: true, elements: 2, connections: 1 });
    for (const words of [
      "elements[0]: id → name; label → title; ",
      'x "40" → 40',
      'ignored: "color"',
      "elements[1]: text → content",
    ]) {
      expect(answer.note).toContain(words);
    }
    const seen = await act("get_canvas");
    expect(seen.elements).toMatchObject([
      { id: "el_a", type: "task", title: "A", done: true, x: 40, y: 8 },
      { id: "el_b", title: "7", content: "B" },
    ]);
  });

  test("a fault in a plan's first drawing makes no plan", async () => {
    const { act, plans } = createPlanRig();
    expect(await act("draw", { elements: two, connections: ["a>c"] })).toMatchObject({ ok: false });
    expect(await act("draw", { elements: [{ ...two[0], title: "a\0b" }] })).toMatchObject({ ok: false });
    expect(await plans.list()).toEqual({ ok: true, value: [] });
  });
});

describe("calls of one message", () => {
  test("are done in their order, and the plan has the title that one of them gave", async () => {
    const { act, call } = createPlanRig();
    const titles = ["1", "2", "3", "4", "5", "6"];
    const drawn = titles.map(async (title, index) => {
      return await act("add_element", { title, ...(index === 0 && { planTitle: "The plan" }) });
    });
    const arrow = act("add_connection", { from: "1", to: "6", label: "at last" });
    const looked = call("bizar_get_plan_comments", { planSlug: "x" });
    expect((await Promise.all([...drawn, arrow])).map(({ ok }) => ok)).toEqual(Array.from({ length: 7 }, () => true));
    await looked;
    const { elements, title } = await act("get_canvas");
    expect(elements.map((element: { title: string }) => element.title)).toEqual(titles);
    expect(title).toBe("The plan");
  });

  test("a wait begins when what was called before it is drawn", async () => {
    const { act, call, plans } = createPlanRig();
    const drawn = act("draw", { elements: two });
    const waited = call("bizar_wait_for_feedback", { planSlug: "x", timeoutMs: 60_000 });
    expect(await drawn).toMatchObject({ ok: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = plans.watch("x", (now) => now.ok && now.value.meta.review.state === "open" && resolve());
    await promise;
    watch.close();
    await plans.decide("x", "approved");
    expect((await waited).value).toMatchObject({ ok: true, status: "approved" });
  });

  test("a title that comes later is the plan's where nobody has given it one", async () => {
    const { act } = createPlanRig();
    await act("add_element", { title: "A" });
    expect(await act("add_element", { title: "B", planTitle: "Named" })).not.toHaveProperty("note");
    expect(await act("get_canvas")).toMatchObject({ title: "Named" });
    const other = await act("draw", { elements: [{ title: "C" }], planTitle: "Another" });
    expect(other).toMatchObject({ ok: true, note: expect.stringContaining("planTitle was not used") });
    expect(await act("get_canvas")).toMatchObject({ title: "Named" });
  });
});

test("unique titles, own names and the ends of ids work as ids in every action", async () => {
  const { act, call } = createPlanRig();
  await act("draw", { elements: two, connections: ["a>b then", "b>a back"] });
  expect(await act("update_element", { elementId: "Second step", content: "!" })).toMatchObject({ elementId: "el_b" });
  const { commentId } = await act("add_comment", { elementId: "first", text: "Hm" });
  const reply = await act("reply_to_comment", { commentId: commentId.slice(-6), text: "So" });
  expect(reply).toMatchObject({ ok: true, commentId });
  const read = await call("bizar_get_plan_comments", { planSlug: "x", elementId: "First" });
  expect(read.value).toMatchObject([{ text: "Hm", elementId: "el_a" }]);
  expect(await act("delete_connection", { connectionId: "a>b" })).toMatchObject({ ok: true });
  expect(await act("delete_connection", { connectionId: "back" })).toMatchObject({ ok: true });
  expect(await arrows(act)).toEqual([]);
  expect(await act("delete_element", { elementId: "SECOND STEP" })).toMatchObject({ ok: true, elementId: "el_b" });
  expect(await act("delete_element", { elementId: "Second step" })).toMatchObject({ ok: false });
});

describe("a diagram that cannot be drawn", () => {
  const broken = "flowchart TD\n  a-->b\n  b--c[x";
  const diagram = { type: "diagram", title: "Flow" };

  test("is refused with its line, in each action, and changes nothing", async () => {
    const { act, plans } = createPlanRig();
    const says = expect.stringContaining('broken at line 3, "b--c[x": Expecting');
    expect(await act("add_element", { ...diagram, content: broken })).toMatchObject({ ok: false, error: says });
    expect(await plans.list()).toEqual({ ok: true, value: [] });
    await act("add_element", { ...diagram, elementId: "el_f", content: "flowchart TD\n a-->b" });
    await act("add_element", { elementId: "el_t", title: "Text", content: broken });
    expect(await act("update_element", { elementId: "el_f", content: broken })).toMatchObject({
      ok: false,
      error: says,
    });
    expect(await act("update_element", { elementId: "el_t", type: "diagram" })).toMatchObject({
      ok: false,
      error: says,
    });
    expect(await act("update_element", { elementId: "el_f", title: "Other" })).toMatchObject({ ok: true });
    const now = await plans.read("x");
    expect(now.ok && now.value.plan.elements.map(({ type }) => type)).toEqual(["diagram", "text"]);
  });

  test("is named by its place in a drawing, each of them", async () => {
    const { act, plans } = createPlanRig();
    const elements = [two[0], { ...diagram, content: broken }, { ...diagram, content: "sequenceDiagram\n A->>B hi" }];
    const { ok, error } = await act("draw", { elements });
    expect(ok).toBe(false);
    expect(error).toContain("elements[1]: the Mermaid is broken at line 3");
    expect(error).toContain('elements[2]: the Mermaid is broken at line 2, "A->>B hi"');
    expect(await plans.list()).toEqual({ ok: true, value: [] });
  });
});
