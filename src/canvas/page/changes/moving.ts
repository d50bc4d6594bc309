import { getChangeKey } from "react-diff-view";
import { motionMs } from "../theme/motion.ts";
import { useChanges, isOpen, type Marked } from "./changes-store.ts";
import { keepRound, loadDiff } from "./changes-session.ts";
import { changedRuns, type LineRange } from "./diff-lines.ts";

/** A row is there a frame or two after its piece has come into sight. */
const MOST_FRAMES = 60;

/** The id of a file's section. */
export function sectionId(path: string): string {
  return `file-${path}`;
}

/** Shows a file, and makes it the one that the keys work on. */
export function goToFile(path: string, focus = true): void {
  useChanges.setState({ current: path, marked: null });
  const section = document.getElementById(sectionId(path));
  section?.scrollIntoView({ block: "start", behavior: motionMs(1) === 0 ? "auto" : "instant" });
  if (focus) section?.querySelector<HTMLElement>(".file-name")?.focus({ preventScroll: true });
}

/** The file after the current one, or before it; at the end it begins anew. */
export function stepFile(step: 1 | -1): void {
  const path = neighbour(step);
  if (path !== undefined) goToFile(path);
}

function neighbour(step: 1 | -1): string | undefined {
  const { changes, current } = useChanges.getState();
  const files = changes?.files ?? [];
  const at = files.findIndex(({ path }) => path === current);
  if (at === -1) return files.at(step === 1 ? 0 : -1)?.path;
  return files.at((at + step) % files.length)?.path;
}

/** Marks the next run of changed lines, or the one before, in this file or another one. */
export async function stepChange(step: 1 | -1): Promise<void> {
  const { changes, current, marked } = useChanges.getState();
  const path = current ?? changes?.files[0]?.path;
  if (path === undefined || changes === null) return;
  const here = await runsOf(path);
  const from = marked?.path === path ? marked : undefined;
  const next =
    step === 1
      ? here.find(({ start }) => from === undefined || start > from.end)
      : here.findLast(({ end }) => from !== undefined && end < from.start);
  if (next !== undefined) {
    await show({ path, ...next });
    return;
  }
  const other = neighbour(step);
  if (other === undefined) return;
  const runs = await runsOf(other);
  const first = runs.at(step === 1 ? 0 : -1);
  if (first === undefined) goToFile(other);
  else await show({ path: other, ...first });
}

/** Opens a file, and loads it where that has not been done. */
async function runsOf(path: string): Promise<readonly LineRange[]> {
  const state = useChanges.getState();
  const file = state.changes?.files.find((one) => one.path === path);
  if (file === undefined) return [];
  if (!isOpen(state, path, file.id)) toggleOpen(path);
  await loadDiff(file);
  return changedRuns(useChanges.getState().diffs[path]?.diff?.lines ?? []);
}

/** Makes the marked lines more, or less. */
export function stretch(step: 1 | -1): void {
  const { marked, diffs } = useChanges.getState();
  if (marked === null) return;
  const last = (diffs[marked.path]?.diff?.lines.length ?? 1) - 1;
  const end = Math.min(Math.max(marked.end + step, marked.start), last);
  useChanges.setState({ marked: { ...marked, end } });
}

/** Marks lines and brings them into sight. */
export async function show(marked: Marked): Promise<void> {
  useChanges.setState({ current: marked.path, marked });
  const line = useChanges.getState().diffs[marked.path]?.diff?.lines[marked.start];
  if (line === undefined) return;
  const key = getChangeKey(line);
  for (let frame = 0; frame < MOST_FRAMES; frame++) {
    const section = document.getElementById(sectionId(marked.path));
    const row = section?.querySelector(`[data-change-key="${key}"]`);
    if (row) {
      row.scrollIntoView({ block: "center" });
      return;
    }
    const pieces = [...(section?.querySelectorAll<HTMLElement>("[data-keys]") ?? [])];
    pieces.find(({ dataset }) => dataset["keys"]?.split(" ").includes(key))?.scrollIntoView({ block: "center" });
    if (pieces.length === 0) section?.scrollIntoView({ block: "start" });
    // oxlint-disable-next-line eslint/no-await-in-loop -- frame by frame
    await new Promise<void>((resolve) => requestAnimationFrame(() => resolve()));
  }
}

/** Begins a comment on what is marked. */
export function commentOnMarked(): void {
  const { marked } = useChanges.getState();
  if (marked !== null) useChanges.setState({ composing: marked });
}

export function toggleOpen(path: string): void {
  useChanges.setState(({ toggled }) => ({ toggled: { ...toggled, [path]: toggled[path] !== true } }));
}

/** Marks a file as looked at, or takes that back; a content that is another one later was not looked at. */
export function toggleViewed(path: string): void {
  const { changes, viewed, toggled } = useChanges.getState();
  const id = changes?.files.find((file) => file.path === path)?.id;
  if (id === undefined) return;
  const { [path]: known, ...others } = viewed;
  useChanges.setState({ toggled: { ...toggled, [path]: false } });
  keepRound({ viewed: known === id ? others : { ...others, [path]: id } });
}
