import { kindOf, shownType } from "../../../plans/element-kinds.ts";

/** By what the style sheets know what a card holds. */
export function kindAttributes({ type }: { readonly type: string }) {
  return { "data-type": shownType(type), "data-form": kindOf(type).form };
}
