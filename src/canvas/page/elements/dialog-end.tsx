export interface DialogEndProps {
  readonly action: string;
  /** The action takes something away. */
  readonly isBad: boolean;
  readonly disabled: boolean;
  /** What went wrong, in words. */
  readonly trouble: string | null;
  readonly cancel: () => void;
  readonly focus?: "cancel" | "action";
}

/** The end of a form that decides: what went wrong, and the buttons. */
export function DialogEnd({ action, isBad, disabled, trouble, cancel, focus }: DialogEndProps) {
  const first = { "data-first-focus": "" };
  return (
    <>
      {trouble !== null && (
        <p className="dialog-trouble" role="alert">
          {trouble}
        </p>
      )}
      <div className="dialog-buttons">
        <button type="button" className="button" {...(focus === "cancel" && first)} onClick={cancel}>
          Cancel
        </button>
        <button
          type="submit"
          className={`button button-primary${isBad ? " button-bad" : ""}`}
          data-testid="decision-confirm"
          {...(focus === "action" && first)}
          disabled={disabled}
        >
          {action}
        </button>
      </div>
    </>
  );
}
