/** About the width of a letter, in pixels. */
const LETTER = 7.5;
const LINE = 18;
const SVG = "http://www.w3.org/2000/svg";

/**
 * A drawing whose labels are HTML, with their words as text of SVG: HTML is taken out of it, and boxes would be empty.
 *
 * @param svg as Mermaid gives it; nothing in it runs here
 * @param ground what the words are edged with: the box below them may have any colour
 */
export function withWordsOfHtml(svg: string, colour: string, ground: string): string {
  if (!svg.includes("<foreignObject")) return svg;
  const root = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
  if (root === null) return svg;
  for (const label of root.querySelectorAll("foreignObject"))
    label.replaceWith(textOf(label, `fill:${colour};stroke:${ground}`));
  return root.outerHTML;
}

function textOf(label: Element, colours: string): Element {
  const number = (name: string) => Number.parseFloat(label.getAttribute(name) ?? "") || 0;
  const [width, height] = [number("width"), number("height")];
  const lines = wrapped(wordsOf(label), Math.max(8, Math.floor((width || 200) / LETTER)));
  const text = label.ownerDocument.createElementNS(SVG, "text");
  const middle = number("x") + width / 2;
  const top = number("y") + height / 2 - ((lines.length - 1) * LINE) / 2;
  const style = `${colours};stroke-width:3px;paint-order:stroke;font:14px system-ui,sans-serif;text-anchor:middle;dominant-baseline:middle`;
  text.setAttribute("style", style);
  for (const [index, line] of lines.entries()) {
    const span = label.ownerDocument.createElementNS(SVG, "tspan");
    span.setAttribute("x", String(middle));
    span.setAttribute("y", String(top + index * LINE));
    span.textContent = line;
    text.append(span);
  }
  return text;
}

function wordsOf(label: Element): string {
  for (const hidden of label.querySelectorAll("style, script")) hidden.remove();
  for (const block of label.querySelectorAll("p, div, li, tr")) block.append("\n");
  for (const end of label.querySelectorAll("br")) end.replaceWith("\n");
  return label.textContent;
}

function wrapped(text: string, most: number): readonly string[] {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    let current = "";
    for (const word of line.split(/\s+/).filter(Boolean)) {
      if (current !== "" && current.length + word.length >= most) {
        lines.push(current);
        current = word;
      } else current = current === "" ? word : `${current} ${word}`;
    }
    if (current !== "") lines.push(current);
  }
  return lines;
}
