import { LongText } from "./long-text.tsx";

/** Says that a text has more than one sees, and shows it on demand as its author wrote it. */
export function UnshownText({ source }: { readonly source: string }) {
  return (
    <details className="unshown nodrag" data-testid="unshown">
      <summary>Has text that is not shown</summary>
      <LongText text={source} />
    </details>
  );
}
