import { describe, expect, test } from "bun:test";
import { LineSplitter, MAX_LINE_BYTES, type Line } from "../../../src/backends/line-splitter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The lines of a stream that came in these chunks. */
function split(chunks: readonly Uint8Array[], maxBytes?: number): Line[] {
  const splitter = new LineSplitter(maxBytes);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

const texts = (chunks: readonly Uint8Array[], maxBytes?: number) => split(chunks, maxBytes).map(({ text }) => text);

describe("lines of one chunk", () => {
  const cases: [what: string, text: string, lines: string[]][] = [
    ["nothing", "", []],
    ["one line", "a\n", ["a"]],
    ["two lines", "a\nb\n", ["a", "b"]],
    ["no line end behind the last one", "a\nb", ["a", "b"]],
    ["empty lines", "\n\na\n\n", ["", "", "a", ""]],
    ["line ends of Windows", "a\r\nb\r\n\r\n", ["a", "b", ""]],
    ["a carriage return in the middle stays", "a\rb\n", ["a\rb"]],
    ["a byte order mark stays", "\ufeffa\n", ["\ufeffa"]],
    ["other line separators are no line ends", "a\u2028b\u0085c\n", ["a\u2028b\u0085c"]],
    ["zero bytes", "a\0b\n", ["a\0b"]],
  ];
  for (const [what, text, lines] of cases) {
    test(what, () => expect(texts([bytes(text)])).toEqual(lines));
  }
});

test("a stream that is cut anywhere gives the same lines", () => {
  const text = "ä €\r\n\n𝄞 👩‍👩‍👧 end\n";
  const whole = bytes(text);
  for (let first = 0; first <= whole.length; first++) {
    for (let second = first; second <= whole.length; second++) {
      const chunks = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
      expect(texts(chunks)).toEqual(["ä €", "", "𝄞 👩‍👩‍👧 end"]);
    }
  }
});

test("a line that comes byte by byte is one line", () => {
  const whole = bytes(`${"ä€𝄞".repeat(100)}\n`);
  expect(texts(Array.from(whole, (each) => Uint8Array.of(each)))).toEqual(["ä€𝄞".repeat(100)]);
});

test("a stream that uses its buffer again changes nothing that came before", () => {
  const splitter = new LineSplitter();
  const buffer = bytes("abc");
  splitter.push(buffer);
  buffer.set(bytes("xyz"));
  expect(splitter.push(bytes("\n"))).toEqual([{ text: "abc", isCut: false }]);
});

test("two splitters do not mix their halves of a character", () => {
  const [first, second] = [new LineSplitter(), new LineSplitter()];
  const euro = bytes("€");
  first.push(euro.slice(0, 1));
  second.push(euro.slice(0, 2));
  expect(first.push(bytes("€\n").slice(1))).toEqual([{ text: "€", isCut: false }]);
  expect(second.push(bytes("€\n").slice(2))).toEqual([{ text: "€", isCut: false }]);
});

describe("a line over the cap", () => {
  test("of exactly the cap is whole", () => {
    expect(split([bytes("12345\n")], 5)).toEqual([{ text: "12345", isCut: false }]);
  });

  test("is cut, said to be cut, and the next line is whole", () => {
    expect(split([bytes("1234567\nabc\n")], 5)).toEqual([
      { text: "12345", isCut: true },
      { text: "abc", isCut: false },
    ]);
  });

  test("is a start of what came, however it was chunked, and never ends in half a character", () => {
    const line = "ab€d𝄞fgä";
    const whole = bytes(`${line}\nnext\n`);
    const length = bytes(line).length;
    for (let max = 1; max < length; max++) {
      for (let first = 0; first <= whole.length; first++) {
        for (const second of [first, first + 1, first + 2]) {
          const chunks = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
          const [cut, next] = split(chunks, max);
          expect(line).toStartWith(cut!.text);
          expect(cut!.isCut).toBe(true);
          // At most the three bytes of the start of a character are given up.
          expect(bytes(cut!.text).length).toBeWithin(Math.max(0, max - 3), max + 1);
          expect(next!.text).toBe("next".slice(0, max));
        }
      }
    }
  });

  test("is kept to one mebibyte of a stream that has no line ends", () => {
    const chunk = bytes("x".repeat(65_536));
    const lines = split(Array.from({ length: 100 }, () => chunk));
    expect(lines).toHaveLength(1);
    expect(lines[0]!.isCut).toBe(true);
    expect(lines[0]!.text.length).toBe(MAX_LINE_BYTES);
  });
});
