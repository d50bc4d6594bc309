import { z } from "zod";
import type { HostClient, HostMessage } from "../host-client.ts";
import type { Delivery, ToldEnd } from "./announcer.ts";

const metadataSchema = z.object({
  bizar: z.array(z.object({ instanceId: z.string(), turn: z.number() })),
});

/** The sessions that asked for agents, as the host keeps them. */
export class ParentSessions {
  constructor(private readonly host: Pick<HostClient, "messages" | "put">) {}

  /** Puts a message of the plugin into a session, for the agent and model that its user chose last. */
  async deliver(sessionId: string, text: string, ends: readonly ToldEnd[], wake: boolean): Promise<Delivery> {
    const messages = await this.host.messages(sessionId);
    const last = messages?.findLast(({ info }) => info.role === "user")?.info;
    const isThere = await this.host.put(sessionId, {
      text,
      wake,
      metadata: { bizar: ends },
      agent: last?.agent ?? undefined,
      model: modelOf(last),
    });
    return isThere ? "delivered" : "session_gone";
  }

  /** The ends that the messages of a session tell of. */
  async toldEnds(sessionId: string): Promise<ToldEnd[]> {
    const messages = (await this.host.messages(sessionId)) ?? [];
    return messages.flatMap(({ parts }) =>
      parts.flatMap(({ metadata }) => metadataSchema.safeParse(metadata).data?.bizar ?? []),
    );
  }
}

function modelOf(info: HostMessage["info"] | undefined): { providerID: string; modelID: string } | undefined {
  const model = info?.model;
  return model ? { providerID: model.providerID, modelID: model.modelID } : undefined;
}
