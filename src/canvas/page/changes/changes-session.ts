import { TOKEN_HEADER, type Refused } from "../../api.ts";
import type {
  ChangesAnswer,
  ChangesDecision,
  ChangesEvent,
  DecisionAnswer,
  LineComment,
  PatchAnswer,
  ReviewedChanges,
  ReviewedFile,
  Round,
} from "../../changes-api.ts";
import { LiveEvents } from "../sync/live-events.ts";
import { useChanges } from "./changes-store.ts";
import { readPatch } from "./diff-lines.ts";
import { placeComment } from "./place-comment.ts";

/** `/<path of the server>/changes/<instanceId>` */
const [, serverPath = "", , namedId = ""] = location.pathname.split("/");
export const instanceId = decodeURIComponent(namedId);
const base = `/${serverPath}/api/changes/${encodeURIComponent(instanceId)}`;
const token = document.querySelector<HTMLMetaElement>('meta[name="bizar-token"]')?.content ?? "";
const SAVE_MS = 300;
const REQUEST_TIMEOUT_MS = 120_000;

/** What became of a request. */
type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly status: number; readonly error: string };

const live = new LiveEvents<ChangesEvent, Answer<ChangesAnswer>>({
  connect: () => new EventSource(`${base}/events`),
  probe: async () => await ask<ChangesAnswer>(""),
  opened: () => useChanges.setState({ link: { state: "live" } }),
  received: (event) => {
    live.settled();
    if (event.type === "changes") take(event.changes);
    else useChanges.setState({ problem: event.message });
  },
  lost: loseLink,
});

/** Loads the changes and follows them. */
export async function startChanges(): Promise<void> {
  const answer = await ask<ChangesAnswer>("");
  if (answer.ok) {
    const { comments, viewed } = answer.value.round;
    useChanges.setState({ comments, viewed });
    take(answer.value.changes);
  } else loseLink(answer);
  live.connect();
}

export function reconnect(): void {
  live.connect();
}

function loseLink(answer: Answer<ChangesAnswer>): void {
  if (answer.ok) return;
  if (answer.status === 403) {
    live.close();
    useChanges.setState({ link: { state: "locked_out" } });
  } else if (answer.status === 0) useChanges.setState({ link: { state: "offline" } });
  else useChanges.setState({ problem: answer.error });
}

/** Of what was decided the page goes on showing what it was. */
function take(changes: ReviewedChanges): void {
  const before = useChanges.getState().changes;
  const isDecided = changes.state === "applied" || changes.state === "discarded";
  const shown = isDecided && before !== null ? { ...changes, files: before.files, version: before.version } : changes;
  useChanges.setState({ changes: shown, problem: null });
  for (const file of shown.files) {
    const loaded = useChanges.getState().diffs[file.path];
    if (loaded !== undefined && loaded.key !== keyOf(file, shown)) void loadDiff(file, shown);
  }
}

function keyOf({ path, id, oldPath = "" }: ReviewedFile, { version }: ReviewedChanges): string {
  return [path, oldPath, id, version.split("-")[0]].join("\n");
}

const loading = new Set<string>();

/** Loads the lines of a file, unless they are there. What is shown stays until they are. */
export async function loadDiff(file: ReviewedFile, changes = useChanges.getState().changes): Promise<void> {
  if (changes === null) return;
  const key = keyOf(file, changes);
  if (useChanges.getState().diffs[file.path]?.key === key || loading.has(key)) return;
  loading.add(key);
  const query = new URLSearchParams({ version: changes.version, path: file.path });
  const answer = await ask<PatchAnswer>(`/patch?${query}`);
  loading.delete(key);
  const diff = answer.ok ? readPatch(answer.value) : null;
  useChanges.setState(({ diffs, comments, marked, composing }) => ({
    diffs: {
      ...diffs,
      [file.path]: { key, diff: diff ?? diffs[file.path]?.diff ?? null, trouble: answer.ok ? null : answer.error },
    },
    ...(diff !== null && {
      comments: comments.map((comment) => (comment.path === file.path ? placeComment(comment, diff.lines) : comment)),
      // They are places in what was shown before.
      marked: marked?.path === file.path && diffs[file.path] !== undefined ? null : marked,
      composing: composing?.path === file.path ? movedTo(composing, diffs[file.path]?.diff ?? null, diff) : composing,
    }),
  }));
}

type Composing = NonNullable<ReturnType<typeof useChanges.getState>["composing"]>;
type Diff = ReturnType<typeof readPatch>;

/** What the person is writing on, where it is now; at the begin of the file where it is gone. */
function movedTo(composing: Composing, before: Diff | null, now: Diff): Composing {
  const text = before?.lines[composing.end]?.content;
  const place = now.lines.findIndex(({ content }) => content === text);
  const end = Math.max(place, 0);
  return { ...composing, end, start: Math.max(0, end - (composing.end - composing.start)) };
}

let saving: ReturnType<typeof setTimeout> | undefined;

/** Keeps what the person has said and looked at, and has not sent. */
export function keepRound(change: Partial<Pick<Round, "comments" | "viewed">>): void {
  useChanges.setState(change);
  clearTimeout(saving);
  saving = setTimeout(() => void saveRound(), SAVE_MS);
}

async function saveRound(): Promise<void> {
  clearTimeout(saving);
  saving = undefined;
  const { comments, viewed } = useChanges.getState();
  const saved = await ask("/round", { comments, viewed } satisfies Round);
  if (!saved.ok && saved.status !== 0) fail(`What you said is not kept over a reload: ${saved.error}`);
}

window.addEventListener("pagehide", () => {
  if (saving !== undefined) void saveRound();
});

function fail(text: string): void {
  useChanges.setState({ notice: { kind: "failure", text } });
}

/** Does what the person has decided. @returns why it was not done */
export async function decide(decision: ChangesDecision["decision"], note: string): Promise<string | null> {
  const { changes, comments } = useChanges.getState();
  if (changes === null) return "The changes are not loaded yet.";
  const isSent = decision === "send_back";
  const request: ChangesDecision = {
    decision,
    version: changes.version,
    comments: isSent ? inOrder(comments, changes) : [],
    ...(note === "" ? {} : { note }),
  };
  const answer = await ask<DecisionAnswer>("/decision", request);
  if (!answer.ok) return answer.error;
  if (isSent) keepRound({ comments: [] });
  useChanges.setState({ notice: { kind: "info", text: answer.value.words } });
  return null;
}

/** As they stand in the files. */
function inOrder(comments: readonly LineComment[], { files }: ReviewedChanges): LineComment[] {
  const order = new Map(files.map(({ path }, index) => [path, index]));
  const place = ({ path }: LineComment) => order.get(path) ?? files.length;
  return comments.toSorted((a, b) => place(a) - place(b) || a.from - b.from);
}

async function ask<T>(path: string, body?: object): Promise<Answer<T>> {
  try {
    const write = {
      method: "POST",
      headers: { "content-type": "application/json", [TOKEN_HEADER]: token },
      body: JSON.stringify(body),
      keepalive: path === "/round" && JSON.stringify(body).length < 60_000,
    };
    const response = await fetch(`${base}${path}`, {
      ...(body === undefined ? {} : write),
      credentials: "same-origin",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const answer = (await response.json()) as T | Refused;
    if (response.ok) return { ok: true, value: answer as T };
    return { ok: false, status: response.status, error: (answer as Refused).error };
  } catch (error) {
    return { ok: false, status: 0, error: error instanceof Error ? error.message : String(error) };
  }
}
