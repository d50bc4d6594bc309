/**
 * What `read` gives for each item, in their order: while one is looked at, others are being read.
 *
 * @param most so many at once
 * @param read never rejects: nobody may be waiting for it yet
 */
export async function* readAhead<T, R>(
  items: readonly T[],
  most: number,
  read: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const coming: Promise<R>[] = [];
  for (const item of items) {
    const first = coming.length < most ? undefined : coming.shift();
    coming.push(read(item));
    if (first !== undefined) yield await first;
  }
  // oxlint-disable-next-line eslint/no-await-in-loop -- in their order
  for (const last of coming) yield await last;
}
