import type { Theme } from "../theme/theme.ts";

/** What the page asks its drawing frame for. */
export interface DrawingRequest {
  readonly id: number;
  /** In Mermaid's language. */
  readonly source: string;
  readonly theme: Theme;
}

export interface Drawing {
  /** A `data:` URL of an image, SVG unless that is long: nothing in an image can run or load. */
  readonly url: string;
  /** Of the drawing at its full size, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** How much of the full size an image of pixels has, at most 1. */
  readonly scale: number;
}

/** What the frame says: that it may be asked, or what came of a request. */
export type DrawingAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "drawn"; readonly id: number; readonly drawing: Drawing }
  | { readonly kind: "failed"; readonly id: number; readonly error: string };
