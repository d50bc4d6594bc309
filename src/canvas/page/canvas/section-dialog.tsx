import { useState } from "react";
import { sectionOf } from "../../../plans/sections.ts";
import { Dialog } from "../elements/dialog.tsx";
import { closeDialog } from "../state/page-state.ts";
import { edit } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";

/** Puts elements into a section, or takes them out of theirs. */
export function SectionDialog({ ids }: { readonly ids: readonly string[] }) {
  const elements = usePlan((state) => state.elements);
  const [first] = ids;
  const before = first === undefined ? undefined : elements.get(first);
  const [name, setName] = useState((before && sectionOf(before)) ?? "");
  const known = [...new Set([...elements.values()].flatMap((element) => sectionOf(element) ?? []))];
  const save = (section: string | null) => {
    const changed = ids.filter((id) => (elements.get(id)?.section ?? "") !== (section ?? ""));
    edit(changed.map((id) => ({ op: "update_element", id, changes: { section } })));
    closeDialog();
  };
  return (
    <Dialog title="Section" close={closeDialog}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save(name.trim() === "" ? null : name.trim());
        }}
      >
        <p className="dialog-text">
          A section holds cards together, such as a phase: a frame with a name around them, that moves all of them.
        </p>
        <input
          className="field"
          aria-label="Name of the section"
          placeholder="Phase 1"
          maxLength={200}
          list="sections"
          data-testid="section-name"
          data-first-focus
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <datalist id="sections">
          {known.map((section) => (
            <option key={section} value={section} />
          ))}
        </datalist>
        <div className="dialog-buttons">
          {before?.section !== undefined && (
            <button type="button" className="button" onClick={() => save(null)}>
              Take out of its section
            </button>
          )}
          <button type="submit" className="button button-primary" data-testid="section-save">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
