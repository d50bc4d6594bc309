import { Fragment, type ReactNode } from "react";
import { linePieces } from "./long-words.ts";

/** A text whose long words end a line behind one of their signs rather than anywhere. */
export function withBreaks(text: string): ReactNode {
  const [first, ...rest] = linePieces(text);
  if (rest.length === 0) return text;
  return (
    <>
      {first}
      {rest.map((piece, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a piece is its place
        <Fragment key={index}>
          <wbr />
          {piece}
        </Fragment>
      ))}
    </>
  );
}
