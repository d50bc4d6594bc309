import { useEffect, useState } from "react";
import type { Drawing } from "../drawing-frame/messages.ts";
import { useTheme } from "../theme/theme.ts";
import { drawDiagram } from "./drawings.ts";

export type Drawn = { readonly drawing: Drawing } | { readonly error: string } | null;

/** What a diagram's source looks like, in the colours of now; null while it is being drawn. */
export function useDrawing(source: string): Drawn {
  const theme = useTheme((state) => state.theme);
  const [drawn, setDrawn] = useState<Drawn>(null);
  useEffect(() => {
    const looking = new AbortController();
    const show = (result: Drawn) => {
      if (!looking.signal.aborted) setDrawn(result);
    };
    drawDiagram(source, theme, looking.signal).then(
      (drawing) => show({ drawing }),
      (error: unknown) => show({ error: error instanceof Error ? error.message : String(error) }),
    );
    return () => looking.abort();
  }, [source, theme]);
  return drawn;
}
