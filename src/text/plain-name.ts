/** What nobody sees, or takes for a blank or for nothing at all: controls, format characters, fillers, other blanks. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|^ | $|(?<= ) /gu;
/** An accent that is written apart from its letter looks like the letter that has it. */
const APART = /\p{M}/gu;
const LATIN = /\p{Script=Latin}/u;
/** Scripts with letters that look like Latin ones. */
const LOOK_ALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}]/gu;

/**
 * A name so that one sees what it is made of: what would make it look like another name is written as `\u{200b}`. Names
 * come from files and from models; the `mimir` of one of them may have a zero-width blank in it.
 */
export function plainName(name: string): string {
  // As another letter or sign in the same place: a full-width letter, a ligature.
  const plain = name.replaceAll(/[^\p{M}\p{C}\p{Z}]/gu, (sign) =>
    sign.normalize("NFKC") === sign ? sign : code(sign),
  );
  const seen = plain.replaceAll(UNSEEN, code);
  const together = seen === seen.normalize("NFC") ? seen : seen.replaceAll(APART, code);
  return LATIN.test(name) ? together.replaceAll(LOOK_ALIKE, code) : together;
}

function code(sign: string): string {
  return Array.from(sign, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`).join("");
}
