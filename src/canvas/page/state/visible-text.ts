/** Numbers, dates and the like of some scripts, drawn around what follows: not hidden, though Unicode calls them formats. */
const DRAWN = String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2]`;
/** What a browser draws as nothing, or what turns the text around it: formats, controls, fillers, tags, selectors. */
const UNSEEN = String.raw`[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--[\t\n\r]--${DRAWN}]`;
const PICTURE = String.raw`\p{Extended_Pictographic}(?:[\uFE0E\uFE0F]|\p{Emoji_Modifier})?`;
/** Scripts in which a zero-width joiner or its opposite changes how letters are drawn. */
const JOINING = [
  ..."Arabic Syriac Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam".split(" "),
  ..."Sinhala Khmer Myanmar Tibetan".split(" "),
].map((script) => String.raw`\p{Script=${script}}`);

/** What belongs to the sign before it: flags of three countries, parts of pictures and keys, joiners where letters join. */
const WHOLE_SIGNS = [
  String.raw`\u{1F3F4}\u{E0067}\u{E0062}(?:\u{E0065}\u{E006E}\u{E0067}|\u{E0073}\u{E0063}\u{E0074}|\u{E0077}\u{E006C}\u{E0073})\u{E007F}`,
  String.raw`${PICTURE}(?:\u200D${PICTURE})*`,
  String.raw`[0-9#*]\uFE0F\u20E3`,
  String.raw`\p{Script=Han}[\uFE00-\uFE02\u{E0100}-\u{E010F}]`,
  String.raw`[${JOINING.join("")}][\u200C\u200D](?=[${JOINING.join("")}])`,
];
const CHOICE = new RegExp(`${WHOLE_SIGNS.join("|")}|(?<unseen>${UNSEEN})`, "gv");

/** A text in which what nobody would see, or what turns other text around, stands as a mark: `‹U+202E›`. */
export function visibleText(text: string): string {
  return text.replaceAll(CHOICE, (...found) => {
    const { unseen } = found.at(-1) as { readonly unseen?: string };
    if (unseen === undefined) return found[0];
    return `‹U+${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;
  });
}
