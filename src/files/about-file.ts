/** What Bun puts behind what happened: the file that it happened to, and where that was to go. */
const NAMED = / '[^']*'(?: -> '[^']*')?$/;

/**
 * Does something to a file; what the system says against it names this file. By itself it names a temporary one, or none
 * at all where a file that is open could not be written (Bun 1.3.14).
 */
export async function aboutFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw naming(path, error);
  }
}

/** {@link aboutFile} before it returns. */
export function aboutFileNow<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw naming(path, error);
  }
}

function naming(path: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const message = `${error.message.replace(NAMED, "")} '${path}'`;
  return Object.assign(new Error(message, { cause: error }), { code: error.code, path });
}
