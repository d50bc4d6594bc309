import { useState, type CSSProperties } from "react";
import { markdownParts } from "./markdown-parts.ts";
import { visibleText } from "../state/visible-text.ts";

/** A text as it is written; of a very long one the first part until all of it is asked for. */
export function LongText(props: {
  readonly text: string;
  readonly className?: string;
  readonly style?: CSSProperties;
  /** Whether it may be wider than where it stands: then it is scrolled, by keys too. */
  readonly isWide?: boolean;
}) {
  const { text, className, style, isWide = false } = props;
  const [all, setAll] = useState(false);
  const first = markdownParts(text).next().value?.text ?? "";
  const shown = all ? text : first;
  return (
    <>
      <pre className={className} style={style} tabIndex={isWide ? 0 : undefined}>
        {visibleText(shown)}
      </pre>
      {shown.length < text.length && <ShowAll length={text.length} show={() => setAll(true)} />}
    </>
  );
}

/** @param props.length of the whole text */
export function ShowAll(props: { readonly length: number; readonly show: () => void }) {
  return (
    <button type="button" className="button button-quiet show-all nodrag" data-testid="show-all" onClick={props.show}>
      {`Show all (${props.length.toLocaleString("en")} characters)`}
    </button>
  );
}
