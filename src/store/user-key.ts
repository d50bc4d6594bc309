import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createExclusively } from "../files/create-exclusively.ts";
import { isCode } from "../lib/is-code.ts";

const KEY_BYTES = 32;

/** The key of this user, by which what they decide is known; `undefined` where there is none yet. */
export async function readUserKey(decisionsFolder: string): Promise<Uint8Array | undefined> {
  const text = await readFile(keyPath(decisionsFolder), "utf8").catch(() => "");
  const key = Buffer.from(text, "hex");
  return key.length === KEY_BYTES ? key : undefined;
}

/** The key of this user, made where there is none. */
export async function makeUserKey(decisionsFolder: string): Promise<Uint8Array> {
  const there = await readUserKey(decisionsFolder);
  if (there !== undefined) return there;
  await mkdir(decisionsFolder, { recursive: true, mode: 0o700 });
  const path = keyPath(decisionsFolder);
  await createExclusively(path, randomBytes(KEY_BYTES).toString("hex")).catch((error: unknown) => {
    // Another process was faster.
    if (!isCode(error, "EEXIST")) throw error;
  });
  const made = await readUserKey(decisionsFolder);
  if (made === undefined) {
    throw new Error(`${path} holds no key: remove it. What was decided is to be confirmed then.`);
  }
  return made;
}

/** The code of a content, which takes the key to make. */
export function codeOf(content: unknown, key: string | Uint8Array): string {
  return createHmac("sha256", key).update(JSON.stringify(content)).digest("hex");
}

/** Whether a code is that of the content. */
export function isCodeOf(content: unknown, code: unknown, key: string | Uint8Array): boolean {
  const [given, own] = [Buffer.from(String(code)), Buffer.from(codeOf(content, key))];
  return given.length === own.length && timingSafeEqual(given, own);
}

function keyPath(decisionsFolder: string): string {
  return join(decisionsFolder, "key");
}
