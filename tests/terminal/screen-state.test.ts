import { expect, test } from "bun:test";
import {
  FIRST_STATE,
  pressed,
  type Key,
  type ScreenState,
  type Surroundings,
} from "../../src/terminal/screen-state.ts";

const around: Surroundings = {
  ...{ chosen: "bgr_1", keyAt: (by) => `by ${by}`, lines: 100, height: 10, isPlan: false, asks: false },
  nextMatch: (_search, behind) => behind + 7,
};

function key(name: string, given: Partial<Key> = {}): Key {
  const sequence = Array.from(name).length === 1 ? name : "";
  return { name, sequence, ctrl: false, meta: false, shift: false, ...given };
}

function after(keys: readonly Key[], state: ScreenState = FIRST_STATE, given: Partial<Surroundings> = {}) {
  return keys.reduce((now, each) => pressed(now.state, each, { ...around, ...given }), { state } as ReturnType<
    typeof pressed
  >);
}

const letters = (text: string): Key[] =>
  Array.from(text, (letter) => (letter === " " ? key("space", { sequence: " " }) : key(letter)));

test("Enter opens the chosen row at its end, and Escape goes back to the list, then away", () => {
  const opened = after([key("return")]).state;
  expect(opened).toMatchObject({ open: "bgr_1", chosen: "bgr_1" });
  expect(opened.top).toBeUndefined();
  const list = after([key("escape")], opened);
  expect(list.state.open).toBeUndefined();
  expect(list.act).toBeUndefined();
  expect(after([key("escape")], list.state).act).toBe("leave");
});

test("a filter takes letters that are keys otherwise, and Escape takes it back", () => {
  const typing = after([key("/"), ...letters("kill m")]);
  expect(typing.act).toBeUndefined();
  expect(typing.state).toMatchObject({ filter: "kill m", typing: "filter" });
  expect(after([key("backspace"), key("return")], typing.state).state).toEqual({ ...FIRST_STATE, filter: "kill " });
  expect(after([key("escape")], typing.state).state.filter).toBe("");
  expect(after([key("/"), key("é"), key("x", { ctrl: true }), key("up")]).state.filter).toBe("é");
});

test.each([
  ["k", "end"],
  ["m", "message"],
  ["p", "plan"],
  ["s", "session"],
  ["i", "copy_id"],
  ["r", "copy_result"],
] as const)("%s is %s, in the list and in what is open, and nothing where no row is", (name, act) => {
  expect(after([key(name)]).act).toBe(act);
  expect(after([key(name)], { ...FIRST_STATE, open: "bgr_1" }).act).toBe(act);
  expect(after([key(name)], FIRST_STATE, { chosen: undefined }).act).toBeUndefined();
  expect(after([key(name, { ctrl: true })]).act).toBeUndefined();
});

test("a plan is decided on by other keys, and none of them ends an agent", () => {
  const open = { ...FIRST_STATE, open: "plan:login" };
  const given = { isPlan: true, chosen: "plan:login" };
  expect(["a", "c", "x", "k", "m"].map((name) => after([key(name)], open, given).act)).toEqual([
    ...["approve", "ask_for_changes", "reject"],
    ...[undefined, undefined],
  ] as never);
});

test("what an agent asks is answered by keys that mean nothing otherwise", () => {
  const keys = [key("y"), key("y", { shift: true }), key("d"), key("a")];
  const acts = (asks: boolean) => keys.map((each) => after([each], FIRST_STATE, { asks }).act);
  expect(acts(true)).toEqual(["allow", "allow_always", "deny", "answer"]);
  expect(acts(false)).toEqual([undefined, undefined, undefined, undefined]);
});

test("a log is followed until one scrolls, and again at its end", () => {
  const open = { ...FIRST_STATE, open: "bgr_1" };
  const up = after([key("up")], open).state;
  expect(up.top).toBe(89);
  expect(after([key("pageup")], up).state.top).toBe(79);
  expect(after([key("home")], up).state.top).toBe(0);
  expect(after([key("down")], up).state.top).toBeUndefined();
  expect(after([key("f")], up).state.top).toBeUndefined();
  expect(after([key("f")], open).state.top).toBe(90);
  expect(after([key("tab")], up).state).toMatchObject({ tab: "transcript", open: "bgr_1" });
});

test("a search goes to the first line that has it, and n to the next", () => {
  const found = after([key("/"), ...letters("abc"), key("return")], { ...FIRST_STATE, open: "bgr_1" }).state;
  expect(found).toMatchObject({ search: "abc", top: 6 });
  expect(after([key("n")], found).state.top).toBe(13);
  const none = { nextMatch: () => undefined };
  expect(after([key("n")], found, none).state.top).toBe(6);
});
