const NOT_FOUND = 404;

/** opencode gave no answer that can be used: none at all, an error, or one of another shape. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    message: string,
    /** The HTTP status; absent where there was no answer. */
    readonly status: number | undefined,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** There was no answer at all: a server may have gone, or may have done what it was asked for. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ApiError && error.status === undefined;
}

/** What was asked for; `undefined` where opencode says that there is no such thing. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === NOT_FOUND) return undefined;
    throw error;
  }
}
