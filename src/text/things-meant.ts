/** So many of an id's characters tell one thing from another; fewer may be a slip. */
const FEWEST_OF_ID = 6;
const QUOTES_AROUND = /^["'`“”‘’\s]+|["'`“”‘’\s]+$/g;
const CUT = /(?:…|\.{3})$/;

/** How the things of one kind are called. */
export interface Names<T> {
  readonly idOf: (one: T) => string;
  readonly titleOf: (one: T) => string;
  /** Whether a name is the whole id, however it is written. */
  readonly isId?: (one: T, name: string) => boolean;
  /** Whether ids are known by their first characters, too. */
  readonly byStart?: boolean;
}

/**
 * The things that a name means: by the whole id, by the title, or by the end of an id, in this order; what fits to the
 * letter goes before what differs in case, blanks or quotes. More than one where the name leaves it open.
 */
export function thingsMeant<T>(all: readonly T[], name: string, names: Names<T>): readonly T[] {
  const { idOf, titleOf, isId = () => false, byStart = false } = names;
  const [written, bare, wanted] = [name.trim(), unquoted(name), folded(name)];
  if (wanted === "") return [];
  const isLongEnough = wanted.length >= FEWEST_OF_ID;
  const ways: readonly ((one: T) => boolean)[] = [
    (one) => idOf(one) === written,
    (one) => isId(one, written),
    (one) => titleOf(one).trim() === written,
    (one) => idOf(one) === bare || isId(one, bare),
    (one) => isTitle(folded(titleOf(one)), wanted),
    (one) => {
      const id = idOf(one).toLowerCase();
      return isLongEnough && (id.endsWith(wanted) || (byStart && id.startsWith(wanted)));
    },
  ];
  for (const isMeant of ways) {
    const meant = all.filter(isMeant);
    if (meant.length > 0) return meant;
  }
  return [];
}

/** A title is shown with its end cut where it is long. */
function isTitle(title: string, wanted: string): boolean {
  if (title === wanted) return true;
  const shown = wanted.replace(CUT, "").trimEnd();
  return shown !== wanted && shown.length >= FEWEST_OF_ID && title.startsWith(shown);
}

/** A name without what people and models write differently: case, blanks, the quotes around it, escapes of quotes. */
export function folded(name: string): string {
  return unquoted(name.normalize("NFC").replaceAll(/\s+/g, " ")).toLowerCase();
}

function unquoted(name: string): string {
  return name.replaceAll(/\\(["'`\\])/g, "$1").replaceAll(QUOTES_AROUND, "");
}
