/** The longest that such work holds the page at once, unless one piece of it takes longer. */
const MOST_MS = 30;

let spentMs = 0;
let isScheduled = false;
const waiting = new Set<() => void>();

/** Whether this task of the browser has time left for work that can wait. */
export function hasTime(): boolean {
  return spentMs < MOST_MS;
}

/** Does work and takes its time off what is left. */
export function spend<T>(work: () => T): T {
  const start = performance.now();
  try {
    return work();
  } finally {
    spentMs += performance.now() - start;
    schedule();
  }
}

/**
 * Does work once the browser had a chance to answer the person.
 *
 * @returns takes it back
 */
export function whenThereIsTime(work: () => void): () => void {
  waiting.add(work);
  schedule();
  return () => void waiting.delete(work);
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(nextTurn, 0);
}

function nextTurn(): void {
  isScheduled = false;
  spentMs = 0;
  for (const work of waiting) {
    if (!hasTime()) break;
    waiting.delete(work);
    spend(work);
  }
  if (waiting.size > 0) schedule();
}
