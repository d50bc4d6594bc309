import { useState } from "react";

interface CommentFormProps {
  readonly label: string;
  readonly first?: string;
  readonly save: (text: string) => void;
  readonly leave: () => void;
}

/** Where a comment is written. */
export function CommentForm({ label, first = "", save, leave }: CommentFormProps) {
  const [text, setText] = useState(first);
  const done = () => text.trim() !== "" && save(text.trim());
  return (
    <form
      className="line-comment"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Escape") {
          event.stopPropagation();
          leave();
        }
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) done();
      }}
    >
      <p className="line-comment-place">{label}</p>
      <textarea
        className="field"
        rows={3}
        maxLength={10_000}
        aria-label={label}
        placeholder="What should be different here?"
        data-testid="comment-text"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was asked for
        autoFocus
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div className="line-comment-buttons">
        <button type="button" className="button" onClick={leave}>
          Cancel
        </button>
        <button
          type="submit"
          className="button button-primary"
          data-testid="comment-save"
          disabled={text.trim() === ""}
        >
          Keep for the round
        </button>
      </div>
    </form>
  );
}
