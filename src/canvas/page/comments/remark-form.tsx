import { useId, useState, type KeyboardEvent } from "react";

interface RemarkFormProps {
  readonly label: string;
  /** Its parts are `<testId>-input` and `<testId>-send`. */
  readonly testId: string;
  readonly send: (text: string) => void;
  readonly cancel?: () => void;
  readonly startsFocused?: boolean;
  /** What is there at first. */
  readonly start?: string;
}

/** A comment or a reply. Control and Enter, or Enter alone, sends; Shift and Enter begins a line. */
export function RemarkForm({ label, testId, send, cancel, startsFocused = false, start = "" }: RemarkFormProps) {
  const [text, setText] = useState(start);
  const hint = useId();
  const submit = () => {
    if (text.trim() === "") return;
    send(text.trim());
    setText("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") cancel?.();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className="remark-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        className="field"
        rows={startsFocused ? 3 : 1}
        placeholder={`${label}…`}
        aria-label={label}
        aria-describedby={hint}
        maxLength={20_000}
        data-testid={`${testId}-input`}
        value={text}
        autoFocus={startsFocused}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      <span id={hint} className="visually-hidden">
        Enter sends, Shift and Enter begins a new line.
      </span>
      <div className="remark-buttons">
        {cancel !== undefined && (
          <button type="button" className="button button-quiet" onClick={cancel}>
            Cancel
          </button>
        )}
        <button
          type="submit"
          className="button button-primary"
          data-testid={`${testId}-send`}
          disabled={text.trim() === ""}
        >
          {label}
        </button>
      </div>
    </form>
  );
}
