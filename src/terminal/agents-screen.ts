import { createEffect, createMemo, createSignal, onCleanup } from "solid-js";
import { useTerminalDimensions, type JSX } from "@opentui/solid";
import { asksOf } from "./agent-now.ts";
import { agentHead, bodyLines, nextMatch, tabLine, wrapped, type TextLine } from "./agent-page.ts";
import { chosenKey, emptyLines, keyAt, listLines, planOfKey, rowsOf, totals } from "./agent-list.ts";
import { filling, linesView } from "./draw.ts";
import { cutLine, span, width, type Line } from "./lines.ts";
import { openText, type OpenedText } from "./opened-text.ts";
import { act } from "./screen-acts.ts";
import { FIRST_STATE, pressed, type Key, type ScreenState, type Surroundings } from "./screen-state.ts";
import { plainLine } from "../text/plain-text.ts";
import { statusLine } from "./status-line.ts";
import { isHere, type World } from "./world.ts";
import { cutToWidth } from "../text/table.ts";

/** The name of the screen among opencode's. */
export const AGENTS_ROUTE = "bizar-agents";

/** Before the host's own keys. */
const FIRST = 1000;
const HEAD_ROWS = 2;
const PAGE_HEAD_ROWS = 3;

const AGENT_KEYS = ["k ends it", "m writes to it", "p its plan", "s its session", "i copies its id", "r its result"];
const ASK_KEYS = ["y allows it once", "Y always", "d refuses it", "a answers it"];
const LIST_KEYS = ["Enter opens", "/ filters", ...AGENT_KEYS, "Esc back"];
const PAGE_KEYS = ["Tab log, transcript", "/ searches, n next", "f follows", ...AGENT_KEYS, "Esc back"];
const PLAN_KEYS = ["a approves", "c asks for changes", "x rejects (each with a note)", "/ searches", "Esc back"];

/** The screen of all agents: the list, and what is open of it. */
export function agentsScreen(world: World, leave: () => void, opened: string | undefined): JSX.Element {
  const { api } = world;
  void world.watch()?.loadAll();
  const screen = openScreen(world, opened);
  const { state, setState } = screen;
  const onKey = (key: Key) => {
    world.say(undefined);
    const next = pressed(state(), key, surroundings(screen));
    setState(next.state);
    if (next.act === undefined) return;
    const open = (name: string) => setState({ ...FIRST_STATE, filter: state().filter, open: name, chosen: name });
    const leaveThis = () => (next.act === "leave" || opened !== undefined ? leave() : setState(closed));
    act(world, next.act, { agent: screen.agent(), plan: screen.plan(), open, leave: leaveThis });
  };
  onCleanup(
    api.keymap.intercept(
      "key",
      ({ event, consume }) => {
        // Dialogs have their own keys; so have quitting, the palette and this screen itself.
        if (api.ui.dialog.open || (event.ctrl && "cdp".includes(event.name)) || event.name === "f6") return;
        consume();
        onKey(event);
      },
      { priority: FIRST },
    ),
  );
  return filling(
    linesView(
      () => api.theme.current,
      () => (state().open === undefined ? list(world, screen) : page(world, screen)),
    ),
  );
}

type Screen = ReturnType<typeof openScreen>;

/** What the screen shows, as signals. */
function openScreen(world: World, opened: string | undefined) {
  const [state, setState] = createSignal<ScreenState>(
    opened === undefined ? FIRST_STATE : { ...FIRST_STATE, open: opened, chosen: opened },
  );
  const size = useTerminalDimensions();
  const hasLine = createMemo(() => {
    const agents = world.agents().filter((agent) => isHere(world, agent));
    return statusLine({ agents, plans: world.plans() }, world.now(), 80) !== undefined;
  });
  const rowsThere = () => size().height - (hasLine() ? 1 : 0);
  const rows = createMemo(() =>
    rowsOf({ agents: world.agents(), plans: world.plans(), filter: state().filter, now: world.now() }),
  );
  const chosen = createMemo(() => state().open ?? chosenKey(rows(), state().chosen));
  const agent = createMemo(() => world.agents().find(({ record }) => record.instanceId === chosen()));
  const plan = createMemo(() => planOfKey(chosen() ?? ""));
  const text = openedText(world, state);
  const lines = createMemo(() => wrapped(text(), size().width));
  const isPlan = () => plan() !== undefined && state().open !== undefined;
  const asks = createMemo(() => {
    const chosenAgent = agent();
    return chosenAgent !== undefined && asksOf(chosenAgent).length > 0;
  });
  const foot = createMemo(() => {
    const keys = state().open === undefined ? LIST_KEYS : isPlan() ? PLAN_KEYS : PAGE_KEYS;
    const said = world.said();
    const word: Line = said === undefined ? [] : [span(cutToWidth(plainLine(said.text, 500), size().width), said.tone)];
    return [word, ...keyLines([...(asks() ? ASK_KEYS : []), ...keys], size().width)];
  });
  const height = () => rowsThere() - foot().length - (state().open === undefined ? HEAD_ROWS : PAGE_HEAD_ROWS);
  return { state, setState, size, rows, chosen, agent, plan, lines, isPlan, asks, foot, height };
}

function surroundings({ chosen, rows, lines, height, isPlan, asks }: Screen): Surroundings {
  return {
    chosen: chosen(),
    keyAt: (by) => keyAt(rows(), chosen(), by),
    lines: lines().length,
    height: height(),
    nextMatch: (search, behind) => nextMatch(lines(), search, behind),
    isPlan: isPlan(),
    asks: asks(),
  };
}

function list(world: World, { state, size, rows, chosen, foot, height }: Screen): readonly Line[] {
  const { typing, filter } = state();
  const columns = size().width;
  const seen = world.server() !== undefined ? "all" : world.isAttached ? "attached" : "unknown";
  const listed = () => listLines(rows(), chosen(), { now: world.now(), columns, height: height() });
  const filtered = typing === "filter" ? ` / ${filter}▏` : filter === "" ? "" : ` / ${filter}`;
  return [
    cutLine(
      [
        span("Agents ", "primary", { isBold: true }),
        span(totals(world.agents()), "textMuted"),
        span(filtered, "accent"),
      ],
      columns,
    ),
    [],
    ...filled(rows().length === 0 ? emptyLines(seen, columns) : listed(), height()),
    ...foot(),
  ];
}

function page(world: World, { state, size, agent, plan, lines, isPlan, foot, height }: Screen): readonly Line[] {
  const columns = size().width;
  const shown = agent();
  const last = Math.max(0, lines().length - height());
  const top = Math.min(state().top ?? (isPlan() ? 0 : last), last);
  const { typing, search } = state();
  const searching =
    typing === "search" ? [span(`  / ${search}▏`, "accent")] : search === "" ? [] : [span(`  / ${search}`, "accent")];
  const head: readonly Line[] = isPlan()
    ? [
        [span(cutToWidth(`Plan ${plan() ?? ""}`, columns), "primary", { isBold: true })],
        cutLine([span(" "), ...searching], columns),
        [],
      ]
    : [
        ...(shown === undefined ? [[span("It is gone.")], []] : agentHead(shown, world.now(), columns)),
        cutLine([...tabLine(state().tab, state(), lines().length, columns), ...searching], columns),
      ];
  return [...head, ...bodyLines(lines(), { top, search, height: height() }), ...foot()];
}

function closed(state: ScreenState): ScreenState {
  const { open: _, top: __, ...list } = state;
  return list;
}

/** The text of what is open, whatever that is. */
function openedText(world: World, state: () => ScreenState): () => readonly TextLine[] {
  const { api, halves } = world;
  const [text, setText] = createSignal<OpenedText>();
  const [plan, setPlan] = createSignal<readonly TextLine[]>([]);
  const open = createMemo(() => state().open);
  const tab = createMemo(() => state().tab);
  const known = createMemo(() => world.agents().some(({ record }) => record.instanceId === open()));
  const readPlan = async (slug: string) => {
    const answer = await halves.ask(api.state.path.directory, { kind: "plan", slug });
    const lines = (answer.ok ? answer.text : answer.error).trimEnd().split("\n");
    setPlan(lines.map((line): TextLine => ({ text: line, tone: line.startsWith("#") ? "primary" : "text" })));
  };
  createEffect(() => {
    const key = open();
    const slug = planOfKey(key ?? "");
    setText(undefined);
    if (slug !== undefined) {
      setPlan([{ text: "…", tone: "textMuted" }]);
      void readPlan(slug);
      return;
    }
    const agent = known() ? world.agents().find(({ record }) => record.instanceId === key) : undefined;
    if (agent === undefined) return;
    const opened = openText(api, agent.record, tab());
    setText(opened);
    onCleanup(() => opened.close());
  });
  // What an agent does shows in its session as well.
  createEffect(() => {
    world.agents();
    text()?.changed();
  });
  return () => (planOfKey(open() ?? "") === undefined ? (text()?.lines() ?? []) : plan());
}

function filled(lines: readonly Line[], height: number): readonly Line[] {
  return [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, (): Line => [])];
}

/** What keys do, in as many lines as it takes. */
function keyLines(keys: readonly string[], columns: number): readonly Line[] {
  const lines: string[] = [];
  for (const key of keys) {
    const together = `${lines.at(-1) ?? ""} · ${key}`;
    if (lines.length > 0 && width(together) <= columns) lines[lines.length - 1] = together;
    else lines.push(key);
  }
  return lines.map((text) => [span(text, "textMuted")]);
}
