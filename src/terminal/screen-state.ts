/** What is open of an agent. */
export type Tab = "log" | "transcript";

/** The screen of agents, as the user has it. */
export interface ScreenState {
  /** The row that keys act on; absent: the first. */
  readonly chosen?: string;
  readonly filter: string;
  /** What letters are typed into. */
  readonly typing?: "filter" | "search";
  /** The key of the row that is open; absent: the list. */
  readonly open?: string;
  readonly tab: Tab;
  /** The first line that is shown of what is open; absent: the end, which is followed. */
  readonly top?: number;
  readonly search: string;
}

export const FIRST_STATE: ScreenState = { filter: "", tab: "log", search: "" };

/** A key as the host tells of it. */
export interface Key {
  readonly name: string;
  readonly sequence: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly shift: boolean;
}

/** What has to be done beside a change of the screen. */
export type Act =
  | "leave"
  | "end"
  | "message"
  | "plan"
  | "session"
  | "copy_id"
  | "copy_result"
  | "allow"
  | "allow_always"
  | "deny"
  | "answer"
  | "approve"
  | "ask_for_changes"
  | "reject";

/** What a key is about, beside the state. */
export interface Surroundings {
  /** The row that is chosen. */
  readonly chosen: string | undefined;
  /** The row so many further on. */
  readonly keyAt: (by: number) => string | undefined;
  /** How many lines there are of what is open, and how many are shown. */
  readonly lines: number;
  readonly height: number;
  /** The next line that holds what is searched for, behind the one that is shown first. */
  readonly nextMatch: (search: string, behind: number) => number | undefined;
  readonly isPlan: boolean;
  /** The agent that is chosen asks the user something. */
  readonly asks: boolean;
}

export interface Pressed {
  readonly state: ScreenState;
  readonly act?: Act;
}

const AGENT_ACTS: Readonly<Record<string, Act>> = {
  ...{ k: "end", m: "message", p: "plan", s: "session", i: "copy_id", r: "copy_result" },
};
/** Where an agent asks something. */
const ASK_ACTS: Readonly<Record<string, Act>> = { y: "allow", d: "deny", a: "answer" };
const PLAN_ACTS: Readonly<Record<string, Act>> = { a: "approve", c: "ask_for_changes", x: "reject" };

/** What a key does. Pure; keys that mean nothing do nothing. */
export function pressed(state: ScreenState, key: Key, around: Surroundings): Pressed {
  if (state.typing !== undefined) return { state: typed(state, key, around) };
  const act = actOf(key, around);
  if (act !== undefined && !key.ctrl && !key.meta && around.chosen !== undefined) return { state, act };
  return state.open === undefined ? inList(state, key, around) : inPage(state, key, around);
}

function actOf({ name, shift }: Key, { isPlan, asks }: Surroundings): Act | undefined {
  if (isPlan) return PLAN_ACTS[name];
  if (asks && name === "y" && shift) return "allow_always";
  return (asks ? ASK_ACTS[name] : undefined) ?? AGENT_ACTS[name];
}

function inList(state: ScreenState, { name, sequence }: Key, { chosen, keyAt, height }: Surroundings): Pressed {
  const by = { up: -1, down: 1, pageup: -height, pagedown: height, home: -1e9, end: 1e9 }[name];
  if (by !== undefined) return { state: withChosen(state, keyAt(by)) };
  if (name === "return" && chosen !== undefined)
    return { state: { ...withoutTop(state), open: chosen, chosen, search: "" } };
  if (sequence === "/") return { state: { ...state, typing: "filter" } };
  if (name !== "escape") return { state };
  return state.filter === "" ? { state, act: "leave" } : { state: { ...state, filter: "" } };
}

function inPage(state: ScreenState, { name, sequence, shift }: Key, around: Surroundings): Pressed {
  const { height, lines, isPlan, nextMatch } = around;
  const last = Math.max(0, lines - height);
  const top = Math.min(state.top ?? (isPlan ? 0 : last), last);
  const by = { up: -1, down: 1, pageup: -height, pagedown: height, home: -1e9, end: 1e9 }[name];
  if (by !== undefined) {
    const next = Math.min(last, Math.max(0, top + by));
    return { state: next === last && !isPlan ? withoutTop(state) : { ...state, top: next } };
  }
  if (name === "escape") {
    const { open: _, ...list } = withoutTop(state);
    return { state: list };
  }
  if (name === "tab" && !isPlan)
    return { state: { ...withoutTop(state), tab: state.tab === "log" ? "transcript" : "log" } };
  if (name === "f") return { state: state.top === undefined ? { ...state, top } : withoutTop(state) };
  if (sequence === "/") return { state: { ...state, typing: "search", search: "" } };
  if (name === "n" && !shift && state.search !== "") return { state: found(state, nextMatch(state.search, top)) };
  return { state };
}

function typed(state: ScreenState, key: Key, { nextMatch }: Surroundings): ScreenState {
  const field = state.typing ?? "filter";
  const { typing: _, ...done } = state;
  if (key.name === "escape") return { ...done, [field]: "" };
  if (key.name === "return")
    return field === "search" && state.search !== "" ? found(done, nextMatch(state.search, -1)) : done;
  if (key.name === "backspace") return { ...state, [field]: lettersOf(state[field]).slice(0, -1).join("") };
  return { ...state, [field]: `${state[field]}${letterOf(key)}` };
}

/** What a key types: the host tells of some letters by their name alone. */
function letterOf({ name, sequence, ctrl, meta, shift }: Key): string {
  if (ctrl || meta) return "";
  if (name === "space") return " ";
  if (/^[^\p{C}]$/u.test(sequence)) return sequence;
  if (lettersOf(name).length !== 1) return "";
  return shift ? name.toUpperCase() : name;
}

function found(state: ScreenState, line: number | undefined): ScreenState {
  return line === undefined ? state : { ...state, top: line };
}

function withChosen(state: ScreenState, chosen: string | undefined): ScreenState {
  return chosen === undefined ? state : { ...state, chosen };
}

function withoutTop(state: ScreenState): ScreenState {
  const { top: _, ...rest } = state;
  return rest;
}

/** A text as what a person takes for its letters. */
function lettersOf(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
