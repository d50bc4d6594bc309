/** Tells how wide a text is in a font, in pixels. */
export type Measure = (text: string, font: string) => number;

/** A text in lines that are no wider than that; a word that is wider is cut. */
export function wrapped(text: string, font: string, width: number, measure: Measure): readonly string[] {
  return text.split("\n").flatMap((line) => {
    const lines: string[] = [];
    let current = "";
    for (const word of line.split(/(?<=\s)/)) {
      if (measure(current + word.trimEnd(), font) <= width) {
        current += word;
        continue;
      }
      if (current !== "") lines.push(current.trimEnd());
      current = word;
      while (current.length > 1 && measure(current.trimEnd(), font) > width) {
        const most = Math.max(1, Math.floor((current.length * width) / measure(current, font)) - 1);
        lines.push(current.slice(0, most));
        current = current.slice(most);
      }
    }
    return [...lines, current.trimEnd()];
  });
}

/** A text for the inside of SVG. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
