import { useShallow } from "zustand/react/shallow";
import { Icon } from "../elements/icons.tsx";
import { visibleText } from "../state/visible-text.ts";
import { useChanges } from "./changes-store.ts";
import { counted, Counts } from "./file-section.tsx";
import { goToFile } from "./moving.ts";

/** The files, and what there is to say about each. */
export function FileList() {
  const files = useChanges((state) => state.changes?.files) ?? [];
  const viewed = useChanges((state) => state.viewed);
  const current = useChanges((state) => state.current);
  const commented = useChanges(useShallow((state) => state.comments.map(({ path }) => path)));
  const seen = files.filter(({ path, id }) => viewed[path] === id).length;
  return (
    <nav className="files" aria-label="Files" data-testid="files">
      <p className="files-head">
        <strong>{counted(files.length, "file")}</strong>
        {seen > 0 && <span>{`${seen} viewed`}</span>}
      </p>
      <ul>
        {files.map(({ path, id, insertions, deletions, conflicts, others }) => (
          <li key={path}>
            <button
              type="button"
              className="files-entry"
              aria-current={current === path}
              data-viewed={viewed[path] === id}
              onClick={() => goToFile(path)}
            >
              <span className="files-mark">{viewed[path] === id && <Icon name="check" size={13} />}</span>
              <span className="files-path">
                <bdi>{visibleText(path)}</bdi>
              </span>
              {conflicts && (
                <span className="chip" data-kind="bad">
                  conflict
                </span>
              )}
              {!conflicts && others.length > 0 && (
                <span className="chip" data-kind="warn">
                  shared
                </span>
              )}
              {commented.includes(path) && <Icon name="comment" size={13} />}
              <Counts insertions={insertions} deletions={deletions} />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
