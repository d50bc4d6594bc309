import { Fragment, type ReactNode } from "react";
import { titlePieces, type TitlePiece } from "../state/title-words.ts";
import { linePieces } from "./long-words.ts";

/** A title with its code, bold and emphasis; its long words end a line behind one of their signs rather than anywhere. */
export function TitleText({ title }: { readonly title: string }): ReactNode {
  return shown(titlePieces(title));
}

function shown(pieces: readonly TitlePiece[]): ReactNode {
  return pieces.map((piece, index) => {
    // oxlint-disable-next-line react/no-array-index-key -- a piece is its place
    if (typeof piece === "string") return <Fragment key={index}>{withBreaks(piece)}</Fragment>;
    const { tag: Tag } = piece;
    return (
      // oxlint-disable-next-line react/no-array-index-key -- a piece is its place
      <Tag key={index} className={`title-${Tag}`}>
        {shown(piece.pieces)}
      </Tag>
    );
  });
}

function withBreaks(text: string): ReactNode {
  const [first, ...rest] = linePieces(text);
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
