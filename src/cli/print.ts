/**
 * Writes to stdout; settles when it is taken. `Bun.write(Bun.stdout, …)` spins for ever on a pipe that is full
 * (Bun 1.3.14, seen with 1 MB through `| wc`).
 */
export async function print(text: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
