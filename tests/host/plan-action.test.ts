import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { createPlanRig } from "./plan-rig.ts";

const add = (index: number, content: string) => ({
  op: "add_element" as const,
  element: { id: `el_${index}`, type: "text", title: `element ${index}`, content, x: 0, y: 0 },
});

const connect = (index: number) => ({
  op: "add_connection" as const,
  connection: { id: `conn_${index}`, from: "el_100", to: "el_101" },
});

/** Plans with titles, two of which are the same. */
async function namedPlans() {
  const rig = createPlanRig();
  const add = { action: "add_element", elementId: "el_a", title: "A" };
  for (const [planSlug, planTitle] of [
    ["limits", 'Rate "limits": v2'],
    ["login-1", "New login"],
    ["login-2", "new login"],
    ["other", "login-1"],
  ]) {
    await rig.call("bizar_plan_action", { ...add, planSlug, planTitle });
  }
  return rig;
}

describe("bizar_plan_action", () => {
  test("draws a plan from nothing: elements, connections, comments, replies", async () => {
    const { act } = createPlanRig();
    expect(await act("add_element", { planTitle: "The plan", type: "task", title: "First" })).toMatchObject({
      ok: true,
      action: "add_element",
      planSlug: "x",
      created: true,
      elementId: expect.stringMatching(/^el_\w{12}$/),
      width: expect.any(Number),
    });
    await act("add_element", { elementId: "el_b", type: "note", title: "Second", x: 10, y: 20 });
    const canvas = await act("get_canvas");
    expect(canvas).toMatchObject({ ok: true, title: "The plan", status: "draft", review: { state: "none" } });
    expect(canvas.elements[1]).toMatchObject({ id: "el_b", x: 10, y: 20 });
    const [from] = canvas.elements.filter(({ title }: { title: string }) => title === "First");
    const made = await act("add_connection", { from: from.id, to: "el_b", label: "then" });
    expect(made).toMatchObject({ ok: true, from: from.id, to: "el_b" });
    expect(made.connectionId).toMatch(/^conn_/);
    const { commentId } = await act("add_comment", { elementId: "el_b", text: "Why?" });
    expect(await act("reply_to_comment", { commentId, text: "So." })).toMatchObject({ ok: true, commentId });
    expect(await act("delete_connection", { connectionId: made.connectionId })).toMatchObject({ ok: true });
    expect(await act("delete_element", { elementId: "el_b" })).toMatchObject({ ok: true, elementId: "el_b" });
    const after = await act("get_canvas");
    expect(after.connections).toEqual([]);
    expect(after.comments).toEqual([expect.objectContaining({ elementId: null, author: "odin", text: "Why?" })]);
  });

  test("elements that are added to a new plan in one message are all there", async () => {
    const { act } = createPlanRig();
    const titles = ["A", "B", "C", "D", "E"];
    const answers = await Promise.all(titles.map(async (title) => await act("add_element", { title })));
    expect(answers.map(({ ok }) => ok)).toEqual(titles.map(() => true));
    const { elements } = await act("get_canvas");
    expect(elements.map(({ title }: { title: string }) => title).toSorted()).toEqual(titles);
  });

  const wrong: [what: string, args: Record<string, unknown>, says: string][] = [
    ["an unknown action", { action: "paint" }, "add_element"],
    [
      "an element without any text",
      { action: "add_element", type: "note", content: " \n" },
      "takes a title, a content",
    ],
    ["an element of an unknown type", { action: "add_element", type: "sticky", title: "x" }, "text, task, note"],
    ["a title with NUL", { action: "add_element", title: "a\0b" }, "Expected title to be"],
    ["a title with half a character", { action: "add_element", title: "a\ud83d" }, "Expected title to be"],
    ["an element that is not there", { action: "update_element", elementId: "el_no", title: "x" }, "el_no"],
    ["no element's id", { action: "delete_element" }, "elementId"],
    ["nothing to change", { action: "update_element", elementId: "el_a" }, "at least one"],
    ["half a connection", { action: "add_connection", from: "el_a" }, "from and to"],
    ["an end that is not there", { action: "add_connection", from: "el_a", to: "el_no" }, "el_no"],
    ["a status that only the user sets", { action: "set_status", status: "approved" }, "Only a person"],
    ["a status that is none", { action: "set_status", status: "fine" }, '"draft", "in-progress" or "done"'],
    ["a connection that is not there", { action: "delete_connection", connectionId: "conn_no" }, "conn_no"],
  ];
  for (const [what, args, says] of wrong) {
    test(`refuses ${what} in words, and changes nothing`, async () => {
      const { act, plans } = createPlanRig();
      await act("add_element", { elementId: "el_a", title: "A" });
      const { action, ...more } = args;
      expect(await act(String(action), more)).toEqual({
        ok: false,
        action,
        planSlug: "x",
        error: expect.stringContaining(says),
      });
      const now = await plans.read("x");
      expect(now.ok && now.value.plan.elements.map(({ title }) => title)).toEqual(["A"]);
    });
  }

  test("what it takes otherwise than it was written stands in the note, also of a refusal", async () => {
    const { act, call } = createPlanRig();
    const given = {
      action: "add-element",
      slug: "New Login",
      name: "a",
      title: "A",
      type: "Task",
      done: "true",
      x: "40",
    };
    const { value } = await call("bizar_plan_action", { ...given, y: 8, color: "red" });
    expect(value).toMatchObject({
      ok: true,
      action: "add_element",
      planSlug: "new-login",
      elementId: "el_a",
      x: 40,
      y: 8,
    });
    expect(value.note).toBe(
      'slug → planSlug; name → elementId; action "add-element" → "add_element"; planSlug "New Login" → "new-login"; ' +
        'x "40" → 40; done "true" → true; ignored: "color"',
    );
    const onSame = { planSlug: "NEW_login" };
    const changed = await act("update_element", { ...onSame, id: "el_a", elementId: "", description: "Words" });
    expect(changed).toMatchObject({ ok: true, elementId: "el_a", note: expect.stringContaining("id → elementId") });
    await act("draw", { ...onSame, elements: '[{"name":"b","title":"B"}]', connections: "a>b" });
    expect(await act("set_status", { ...onSame, status: "In Progress" })).toMatchObject({ status: "in-progress" });
    const seen = await act("get_canvas", { planSlug: " `new-login` " });
    expect(seen.elements).toMatchObject([{ type: "task", done: true, content: "Words" }, { title: "B" }]);
    expect(seen.connections).toMatchObject([{ from: "el_a", to: "el_b" }]);
    const removed = await act("delete_connection", { ...onSame, id: "a>b" });
    expect(removed).toMatchObject({ ok: true, note: expect.stringContaining("id → connectionId") });
    const refused = await act("add_element", { titel: "x", y: "low", width: "wide" });
    expect(refused).toMatchObject({ ok: false, note: 'ignored: "titel" (did you mean title?)' });
    for (const words of ['"y": expected a number', '"width": expected a number'])
      expect(refused.error).toContain(words);
  });

  test("a first element that is refused makes no plan", async () => {
    const { act, plans } = createPlanRig();
    const picture = { type: "image", content: "https://example.org/a.png" };
    const refused = { ok: false, action: "add_element", planSlug: "x", error: expect.stringContaining("data:image") };
    expect(await act("add_element", picture)).toEqual(refused);
    expect(await plans.list()).toEqual({ ok: true, value: [] });
    expect(await act("add_element", { title: "A" })).toMatchObject({ ok: true, created: true });
    expect((await act("get_canvas")).elements).toHaveLength(1);
  });

  test("a plan that is not there is named, with those that are; a slug that is none never becomes a path", async () => {
    const { act, call } = createPlanRig();
    await act("add_element", { title: "A" });
    const { value } = await call("bizar_plan_action", { action: "get_canvas", planSlug: "y" });
    expect(value.error).toContain("Plans that are there: x.");
    const bad = await call("bizar_plan_action", { action: "add_element", planSlug: "../x", title: "A" });
    expect(bad.value).toMatchObject({ ok: false, planSlug: "../x" });
  });

  describe("a plan is named by its slug, or by a title that is unique", () => {
    const names: [name: string, slug: string][] = [
      ["limits", "limits"],
      ['Rate "limits": v2', "limits"],
      ['"rate \\"limits\\": v2"', "limits"],
      // A slug goes before a title.
      ["login-1", "login-1"],
    ];
    for (const [planSlug, slug] of names) {
      test(JSON.stringify(planSlug), async () => {
        const { call } = await namedPlans();
        const look = await call("bizar_plan_action", { action: "get_canvas", planSlug });
        expect(look.value).toMatchObject({ ok: true, planSlug: slug });
        const comment = { action: "add_comment", planSlug, elementId: "a", text: "hm" };
        expect((await call("bizar_plan_action", comment)).value).toMatchObject({ ok: true, planSlug: slug });
        expect((await call("bizar_get_plan_comments", { planSlug })).value).toMatchObject([{ text: "hm" }]);
        const waited = await call(
          "bizar_wait_for_feedback",
          { planSlug, timeoutMs: 5000 },
          { abort: AbortSignal.abort() },
        );
        expect(waited.value).toMatchObject({
          ok: true,
          status: "timed_out",
          note: expect.stringContaining(`/plan status ${slug} approved`),
        });
      });
    }
    test("what several are called is an error that names them", async () => {
      const { call } = await namedPlans();
      for (const tool of ["bizar_get_plan_comments", "bizar_wait_for_feedback"]) {
        const { value } = await call(tool, { planSlug: "New Login" });
        expect(value.error).toBe('2 plans are called "new-login": say which by its slug, login-1, login-2.');
      }
    });
    test("a drawing under a slug of its own is a new plan, whatever titles others have", async () => {
      const { call, plans } = await namedPlans();
      const drawing = { action: "draw", elements: [{ name: "b", title: "B" }] };
      expect((await call("bizar_plan_action", { ...drawing, planSlug: "New login" })).value).toMatchObject({
        ...{ ok: true, planSlug: "new-login", created: true },
      });
      expect((await call("bizar_plan_action", { ...drawing, planSlug: 'rate "limits": V2' })).value).toMatchObject({
        ...{ ok: true, planSlug: "limits" },
      });
      const all = await plans.list();
      expect(all.ok && all.value.map(({ slug }) => slug)).toEqual([
        "limits",
        "login-1",
        "login-2",
        "new-login",
        "other",
      ]);
    });
  });

  test("a text that the user has changed since the agent looked is not overwritten; what it says now is told", async () => {
    const { act, person } = createPlanRig();
    await act("add_element", { elementId: "el_a", title: "mine", content: "old" });
    await person({ op: "update_element", id: "el_a", changes: { title: "the user's" } });
    const update = { elementId: "el_a", title: "mine again" };
    expect(await act("update_element", update)).toMatchObject({
      ok: false,
      elementId: "el_a",
      current: { title: "the user's" },
      error: expect.stringContaining("since you looked"),
    });
    // Another text of it is nobody else's; and now the agent knows the title.
    expect(await act("update_element", { elementId: "el_a", content: "new" })).toMatchObject({ ok: true });
    expect(await act("update_element", update)).toMatchObject({ ok: true });
  });

  test("what the user moved may be rewritten, and what one session has seen another has not", async () => {
    const { act, person } = createPlanRig();
    await act("add_element", { elementId: "el_a", title: "A" });
    await person({ op: "update_element", id: "el_a", changes: { x: 5, y: 5 } });
    expect(await act("update_element", { elementId: "el_a", title: "B" })).toMatchObject({ ok: true });
    await person({ op: "update_element", id: "el_a", changes: { title: "C" } });
    await act("get_canvas", {}, { sessionID: "ses_other" });
    expect(await act("update_element", { elementId: "el_a", title: "D" })).toMatchObject({ ok: false });
    const other = { sessionID: "ses_other" };
    expect(await act("update_element", { elementId: "el_a", title: "D" }, other)).toMatchObject({ ok: true });
  });

  test("an answer has at most 40 000 bytes; what is cut says where the rest is", async () => {
    const { act, call, person } = createPlanRig();
    await act("add_element", { title: "A" });
    await person(...Array.from({ length: 50 }, (_, index) => add(index, "ü".repeat(3000))));
    const cut = await call("bizar_plan_action", { action: "get_canvas", planSlug: "x" });
    expect(Buffer.byteLength(cut.output)).toBeLessThanOrEqual(40_000);
    expect(cut.value).toMatchObject({ truncated: true, path: expect.stringMatching(/plans\/x\/plan\.json$/) });
    expect(cut.value.elements).toHaveLength(51);
    await person(...Array.from({ length: 1500 }, (_, index) => add(100 + index, "")));
    const few = await call("bizar_plan_action", { action: "get_canvas", planSlug: "x" });
    expect(Buffer.byteLength(few.output)).toBeLessThanOrEqual(40_000);
    expect(few.value).toMatchObject({ truncated: true, counts: { elements: 1551 } });
    await person(...Array.from({ length: 1500 }, (_, index) => connect(index)));
    const connected = await call("bizar_plan_action", { action: "get_canvas", planSlug: "x" });
    expect(Buffer.byteLength(connected.output)).toBeLessThanOrEqual(40_000);
    expect(connected.value).toMatchObject({ counts: { connections: 1500 } });
  });

  test("is not told what other programs keep in the plan's file, and keeps it there", async () => {
    const { act, folder } = createPlanRig();
    await act("add_element", { elementId: "el_a", title: "A" });
    const path = join(folder, "x/plan.json");
    const file = await Bun.file(path).json();
    file["x-instructions"] = "SECRET one";
    file.elements[0]["x-instructions"] = "SECRET two";
    file.comments = [
      { id: "c_1", text: "hm", thread: [{ id: "r_1", text: "ja", hidden: "SECRET three" }], hidden: "SECRET four" },
    ];
    await Bun.write(path, JSON.stringify(file));
    expect(JSON.stringify(await act("get_canvas"))).not.toContain("SECRET");
    await act("update_element", { elementId: "el_a", content: "b" });
    const kept = await Bun.file(path).text();
    for (const word of ["one", "two", "three", "four"]) expect(kept).toContain(`SECRET ${word}`);
  });

  test("of a file with more than a plan can hold, says what was left out, and writes nothing", async () => {
    const { act, folder, plans } = createPlanRig();
    await act("add_element", { elementId: "el_a", title: "A" });
    const path = join(folder, "x/plan.json");
    const file = await Bun.file(path).json();
    file.elements = Array.from({ length: 2100 }, (_, index) => ({ ...file.elements[0], id: `el_${index}` }));
    const text = JSON.stringify(file);
    await Bun.write(path, text);
    expect(await act("get_canvas")).toMatchObject({ ok: true, note: expect.stringContaining("100 of 2100 elements") });
    expect(await act("update_element", { elementId: "el_1", title: "B" })).toMatchObject({ ok: false });
    expect(await plans.decide("x", "approved")).toMatchObject({ ok: false, problem: { reason: "not_allowed" } });
    expect(await plans.decide("x", "rejected")).toMatchObject({ ok: true });
    expect(await Bun.file(path).text()).toBe(text);
  });

  test("a long text that the user has changed is told as far as an answer holds it, with the path of the whole", async () => {
    const { act, call, person } = createPlanRig();
    await act("add_element", { elementId: "el_a", title: "A", content: "old" });
    await person({ op: "update_element", id: "el_a", changes: { title: "B", content: "ü".repeat(100_000) } });
    const update = { action: "update_element", planSlug: "x", elementId: "el_a", title: "C", content: "new" };
    const { output, value } = await call("bizar_plan_action", update);
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
    expect(value).toMatchObject({ ok: false, current: { title: "B" }, truncated: true });
    expect(value.current.content.length).toBeGreaterThan(5000);
    expect(value.path).toEndWith("/x/plan.json");
  });
});

test("the tools' definitions say which arguments must be there", async () => {
  const { hooks } = createPlanRig();
  const output = { description: "", parameters: {}, jsonSchema: {} };
  await hooks["tool.definition"]({ toolID: "bizar_wait_for_feedback" }, output);
  expect(output.jsonSchema).toMatchObject({ required: ["planSlug"], properties: { timeoutMs: { type: "integer" } } });
  const others = { description: "", parameters: {}, jsonSchema: { of: "another" } };
  await hooks["tool.definition"]({ toolID: "bash" }, others);
  expect(others.jsonSchema).toEqual({ of: "another" });
});
