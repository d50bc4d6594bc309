import { useEffect } from "react";
import { Icon } from "../elements/icons.tsx";
import { visibleText } from "../state/visible-text.ts";
import { ChangesBanners } from "./changes-banners.tsx";
import { ChangesHeader } from "./changes-header.tsx";
import { ChangesHelp } from "./changes-help.tsx";
import { ChangesKeyboard } from "./changes-keyboard.tsx";
import { useChanges } from "./changes-store.ts";
import { DecideChangesDialog } from "./decide-changes-dialog.tsx";
import { FileList } from "./file-list.tsx";
import { FileSection } from "./file-section.tsx";
import { LineCommentView } from "./line-comment.tsx";

/** The page of an agent's changes. */
export function ChangesApp() {
  const isLoaded = useChanges((state) => state.changes !== null);
  usePageTitle();
  return (
    <>
      <div className="app">
        <ChangesHeader />
        <ChangesBanners />
        {isLoaded ? (
          <div className="review">
            <FileList />
            <Diffs />
          </div>
        ) : (
          <main className="loading" aria-busy="true" aria-label="Changes" />
        )}
        <Notice />
      </div>
      <OpenDialog />
      <ChangesKeyboard />
    </>
  );
}

function Diffs() {
  const files = useChanges((state) => state.changes?.files) ?? [];
  const state = useChanges(({ changes }) => changes?.state);
  return (
    <main className="diffs" aria-label="Changes" tabIndex={-1}>
      <Strays />
      {files.map((file) => (
        <FileSection key={file.path} file={file} />
      ))}
      {files.length === 0 && (
        <p className="nothing" data-testid="nothing">
          {state === "applied" || state === "discarded"
            ? `The changes were ${state}.`
            : "The agent has changed nothing yet."}
        </p>
      )}
    </main>
  );
}

/** What was said about files that are not among the changes any more. */
function Strays() {
  const files = useChanges(({ changes }) => changes?.files) ?? [];
  const comments = useChanges((state) => state.comments);
  const strays = comments.filter(({ path }) => !files.some((file) => file.path === path));
  if (strays.length === 0) return null;
  return (
    <section className="file" aria-label="Comments on files that are not changed any more">
      <p className="file-note">On files that are not changed any more:</p>
      {strays.map((comment) => (
        <div key={comment.id}>
          <p className="file-note">{visibleText(comment.path)}</p>
          <LineCommentView comment={{ ...comment, isOutdated: true }} />
        </div>
      ))}
    </section>
  );
}

function Notice() {
  const notice = useChanges((state) => state.notice);
  return (
    <div className="notices" aria-live="polite">
      {notice !== null && (
        <div className="notice" data-kind={notice.kind} data-testid="notice">
          <p>{visibleText(notice.text)}</p>
          <button
            type="button"
            className="button button-quiet button-icon notice-close"
            aria-label="Dismiss"
            onClick={() => useChanges.setState({ notice: null })}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
    </div>
  );
}

function OpenDialog() {
  const dialog = useChanges((state) => state.dialog);
  if (dialog === null) return null;
  switch (dialog.kind) {
    case "help":
      return <ChangesHelp />;
    case "decide":
      return <DecideChangesDialog decision={dialog.decision} />;
  }
}

/** The tab says whether somebody waits. */
function usePageTitle(): void {
  const title = useChanges(({ changes }) => (changes === null ? "Changes" : `${changes.agent}: ${changes.title}`));
  const waits = useChanges(({ changes }) => changes?.isAwaited === true);
  useEffect(() => {
    document.title = `${waits ? "● " : ""}${visibleText(title)}`;
  }, [title, waits]);
}
