import { lastChoice, tellChoice } from "../../opencode/last-choice.ts";
import type { HostClient } from "../../opencode/host-client.ts";
import { ownMetadata } from "../../opencode/own-metadata.ts";

/** Puts a message of the plugin into a session at work, for the agent and model that the user chose last. */
export async function putReminder(
  host: Pick<HostClient, "messages" | "put">,
  sessionId: string,
  text: string,
): Promise<void> {
  const messages = (await host.messages(sessionId, tellChoice)) ?? [];
  await host.put(sessionId, {
    text,
    metadata: ownMetadata({ reminder: true }),
    wake: true,
    choice: lastChoice(messages),
  });
}
