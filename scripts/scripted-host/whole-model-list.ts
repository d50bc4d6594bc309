import type { Model } from "@opencode-ai/sdk";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startServer } from "./opencode.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * Gives a sandbox the list of models that opencode would have fetched: as long as the one that is built into it, and
 * made of that. The sandbox must not have been told another one.
 *
 * @returns its path
 */
export async function giveModelList({ home, ...sandbox }: Sandbox): Promise<string> {
  const server = await startServer({ home, ...sandbox });
  const { data } = await server.client.provider.list();
  await server.stop();
  if (data === undefined) throw new Error("opencode gave no list of its providers.");
  const entries = data.all.map(({ id, name, env, models }) => {
    const of = Object.values(models) as unknown as Model[];
    const api = of[0]?.api;
    return [
      id,
      {
        id,
        name,
        env,
        npm: api?.npm,
        api: api?.url,
        models: Object.fromEntries(of.map((each) => [each.id, raw(each)])),
      },
    ] as const;
  });
  const path = join(home, ".cache/opencode/models.json");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(Object.fromEntries(entries)));
  return path;
}

/** A model as the list has it. */
function raw({ id, name, capabilities, cost, limit }: Model): object {
  const { attachment, reasoning, temperature, toolcall, input, output } = capabilities;
  return {
    ...{ id, name, release_date: "2026-01-01", attachment, reasoning, temperature, tool_call: toolcall, limit },
    cost: { input: cost.input, output: cost.output, cache_read: cost.cache.read, cache_write: cost.cache.write },
    modalities: { input: named(input), output: named(output) },
  };
}

function named(flags: object): string[] {
  return Object.entries(flags).flatMap(([name, isSet]) => (isSet === true ? [name] : []));
}
