import { randomBytes } from "node:crypto";

/** So many counts the host has for the messages of one millisecond. */
const COUNTS = 0x1000n;
const TIME_BITS = 48;
const TIME_DIGITS = TIME_BITS / 4;
const RANDOM_CHARACTERS = 14;
const BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * An id for a message that is about to be put into a session, so that it is known before the session has it. It has the
 * form of the host's own ids: those rise with the time, and by them the host tells what a message came after (1.18.33).
 *
 * @param now milliseconds since the epoch
 */
export function createMessageId(now: number): string {
  const time = BigInt.asUintN(TIME_BITS, BigInt(now) * COUNTS);
  const rest = Array.from(randomBytes(RANDOM_CHARACTERS), (byte) => BASE_62[byte % BASE_62.length]).join("");
  return `msg_${time.toString(16).padStart(TIME_DIGITS, "0")}${rest}`;
}

/** The id of the only part of a message of ours: with the same one a part takes the place of itself (1.18.33). */
export function partIdOf(messageId: string): string {
  return messageId.replace(/^msg_/, "prt_");
}
