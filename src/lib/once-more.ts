/**
 * Does something one at a time: whoever asks while it is being done has it done once more afterwards, however many ask.
 *
 * @returns asks for it
 */
export function onceMore(run: () => Promise<void>): () => void {
  let isRunning = false;
  let isAsked = false;
  const runAll = async () => {
    isRunning = true;
    try {
      while (isAsked) {
        isAsked = false;
        // oxlint-disable-next-line no-await-in-loop -- one at a time
        await run();
      }
    } finally {
      isRunning = false;
    }
  };
  return () => {
    isAsked = true;
    if (!isRunning) void runAll();
  };
}
