import { randomBytes } from "node:crypto";
import { describeError } from "../../lib/describe-error.ts";
import type { PlaceCheck } from "../place-check.ts";
import { copyScripts, saidBy } from "./copy-script.ts";
import { PoolServer, type PoolServerParts } from "./pool-server.ts";

const BYTES = 30_000;

/** Looks at a server of the pool as its first agent would. */
export async function checkServer(parts: PoolServerParts): Promise<PlaceCheck[]> {
  const server = new PoolServer(parts);
  const { directory, url } = server.options;
  try {
    const refusal = await server.whyUnusable();
    if (refusal !== undefined) return [{ what: "reached", isGood: false, words: refusal }];
    const looked = [
      { what: "reached", isGood: true, words: url },
      { what: "opencode", isGood: true, words: await parts.version() },
      { what: "folder", isGood: true, words: directory },
    ];
    return [...looked, ...(await checkFiles(server))];
  } finally {
    server.close();
  }
}

async function checkFiles(server: PoolServer): Promise<PlaceCheck[]> {
  const { client } = server;
  const { directory } = server.options;
  try {
    const title = "bgr:doctor";
    const sessionId = await client.createSession({ directory, instanceId: "doctor", title, parentId: undefined });
    try {
      const text = randomBytes(BYTES).toString("base64");
      const shell = async (command: string) =>
        saidBy(await client.shell({ sessionId, directory, agent: "build", model: undefined }, command));
      const said = await shell(copyScripts.doctor(text));
      const [path] = said.get("file") ?? [];
      const [git] = said.get("git") ?? [];
      const back = path === undefined ? "" : await client.readText(directory, path);
      if (path !== undefined) await shell(copyScripts.forget(path));
      return [
        git === undefined
          ? { what: "git", isGood: false, words: "not there: install it" }
          : { what: "git", isGood: true, words: git },
        back === text
          ? { what: "a file there and back", isGood: true, words: `${text.length} bytes` }
          : { what: "a file there and back", isGood: false, words: `${back.length} of ${text.length} bytes came back` },
      ];
    } finally {
      await client.deleteSession(sessionId);
    }
  } catch (error) {
    return [{ what: "a file there and back", isGood: false, words: describeError(error) }];
  }
}
