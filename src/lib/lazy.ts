/** Something that is loaded at its first use, and closed when what loads it is: opencode waits for what is loaded before. */
export class Lazy<T extends { close(): void }> {
  #loading: Promise<T> | undefined;
  #current: T | undefined;
  #isClosed = false;

  constructor(private readonly load: () => Promise<T>) {}

  /** What is loaded by now. */
  get current(): T | undefined {
    return this.#current;
  }

  /** Whether somebody has asked for it. */
  get isAsked(): boolean {
    return this.#loading !== undefined;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Settles with it. Rejects when it cannot be loaded; the next call tries again. */
  readonly get = async (): Promise<T> => await (this.#loading ??= this.#load());

  /** At once, for good: what is being loaded, or asked for later, is closed as soon as it is there. */
  close(): void {
    this.#isClosed = true;
    this.#current?.close();
  }

  async #load(): Promise<T> {
    try {
      const loaded = await this.load();
      this.#current = loaded;
      if (this.#isClosed) loaded.close();
      return loaded;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}
