import { useEffect, useRef } from "react";
import type { ReviewedFile } from "../../changes-api.ts";
import { Icon } from "../elements/icons.tsx";
import { visibleText } from "../state/visible-text.ts";
import { loadDiff } from "./changes-session.ts";
import { isOpen, useChanges, type LoadedDiff } from "./changes-store.ts";
import { FileDiffView } from "./file-diff.tsx";
import { sectionId, toggleOpen, toggleViewed } from "./moving.ts";

const LINE_HEIGHT = 21;
/** A file that is not loaded takes at most the room of so many lines. */
const MOST_EMPTY_LINES = 60;
const MARGIN = "1200px 0px";

/** One file: what has become of it, and its lines, loaded when they come near. */
export function FileSection({ file }: { readonly file: ReviewedFile }) {
  const { path, id } = file;
  const section = useRef<HTMLElement>(null);
  const open = useChanges((state) => isOpen(state, path, id));
  const loaded = useChanges((state) => state.diffs[path]);
  useEffect(() => {
    const shown = section.current;
    if (shown === null || !open || file.isBinary) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) void loadDiff(file);
      },
      { root: shown.closest(".diffs"), rootMargin: MARGIN },
    );
    observer.observe(shown);
    return () => observer.disconnect();
  }, [open, file]);
  return (
    <section
      ref={section}
      id={sectionId(path)}
      className="file"
      aria-label={visibleText(path)}
      data-testid="file"
      data-path={path}
      onFocus={() => useChanges.getState().current !== path && useChanges.setState({ current: path })}
    >
      <FileHead file={file} open={open} />
      <Warnings file={file} />
      {open && <Body file={file} loaded={loaded} />}
    </section>
  );
}

function FileHead({ file, open }: { readonly file: ReviewedFile; readonly open: boolean }) {
  const { path, oldPath, kind, insertions, deletions, id } = file;
  const isViewed = useChanges((state) => state.viewed[path] === id);
  const isCurrent = useChanges((state) => state.current === path);
  const comments = useChanges((state) => state.comments.filter((comment) => comment.path === path).length);
  return (
    <header className="file-head" data-current={isCurrent}>
      <button
        type="button"
        className="file-name"
        aria-expanded={open}
        data-testid="file-name"
        onClick={() => toggleOpen(path)}
      >
        <Icon name={open ? "minus" : "plus"} size={14} />
        <span>{`${oldPath === undefined ? "" : `${visibleText(oldPath)} → `}${visibleText(path)}`}</span>
      </button>
      {kind !== "changed" && <span className="chip">{kind}</span>}
      {comments > 0 && (
        <span className="chip" data-kind="accent">
          {counted(comments, "comment")}
        </span>
      )}
      <Counts insertions={insertions} deletions={deletions} />
      <label className="viewed">
        <input type="checkbox" data-testid="viewed" checked={isViewed} onChange={() => toggleViewed(path)} />
        Viewed
      </label>
    </header>
  );
}

/** How many lines have come and gone. */
export function Counts({ insertions, deletions }: { readonly insertions: number; readonly deletions: number }) {
  return (
    <span className="counts">
      <span className="counts-in">{`+${insertions}`}</span> <span className="counts-out">{`−${deletions}`}</span>
    </span>
  );
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function Warnings({ file: { conflicts, others } }: { readonly file: ReviewedFile }) {
  return (
    <>
      {conflicts && (
        <p className="file-warning" data-kind="bad" data-testid="file-conflict">
          Conflicts with this file as it is in your folder now.
        </p>
      )}
      {others.length > 0 && (
        <p className="file-warning" data-kind="warn" data-testid="file-others">
          {`Also changed by ${others.map(({ agent, title }) => `${visibleText(agent)} (“${visibleText(title)}”)`).join(", ")}.`}
        </p>
      )}
    </>
  );
}

function Body({ file, loaded }: { readonly file: ReviewedFile; readonly loaded: LoadedDiff | undefined }) {
  if (file.isBinary) return <p className="file-note">A binary file: its content is not shown.</p>;
  if (loaded?.diff === null || loaded === undefined) {
    const lines = Math.min(file.insertions + file.deletions, MOST_EMPTY_LINES);
    const trouble = loaded?.trouble;
    return trouble ? (
      <p className="file-note" role="alert">
        {trouble}
      </p>
    ) : (
      <div className="file-empty" style={{ height: lines * LINE_HEIGHT }} aria-busy="true" />
    );
  }
  if (loaded.diff.lines.length === 0) {
    return (
      <p className="file-note">
        {file.kind === "renamed"
          ? "Renamed, with the same content."
          : "No line has changed: only how the file is kept."}
      </p>
    );
  }
  return <FileDiffView path={file.path} diff={loaded.diff} />;
}
