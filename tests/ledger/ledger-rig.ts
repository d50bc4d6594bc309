import { join } from "node:path";
import { ledgerHooks } from "../../src/host/ledger-hooks.ts";

/** The tools of one session, as opencode calls them; each is made of what the hooks let through. */
export interface LedgerSession {
  read(path: string): Promise<string>;
  /** Rejects with the refusal. */
  write(path: string, content: string): Promise<void>;
  edit(path: string, from: string, to: string): Promise<void>;
  /** A patch that passes the hooks, and is not carried out. */
  patch(patchText: string): Promise<void>;
  /** A write that passes the hooks, and fails. */
  failToWrite(path: string): Promise<void>;
}

/** One opencode process that shares a folder, and what is known of changed files, with others. */
export function ledgerProcess(folder: string, project: string, instanceId?: string) {
  const reports: string[] = [];
  const hooks = ledgerHooks({
    directory: project,
    folder: join(folder, "changes"),
    recordDir: join(folder, "bg"),
    instanceOf: async () => instanceId,
    report: (message, cause) => void reports.push(`${message} ${String(cause)}`),
  });
  let calls = 0;
  const text = async (path: string) => await Bun.file(join(project, path)).text();
  const store = async (path: string, content: string) => void (await Bun.write(join(project, path), content));
  const session = (sessionID: string, agent = "odin"): LedgerSession => {
    const run = async <T>(tool: string, args: object, does: () => Promise<T>): Promise<T> => {
      const call = { tool, sessionID, callID: `call_${++calls}` };
      await hooks["chat.message"]({ sessionID, agent }, { message: {} as never, parts: [] });
      await hooks["tool.execute.before"](call, { args });
      try {
        const result = await does();
        await hooks["tool.execute.after"]({ ...call, args }, { title: "", output: "", metadata: {} });
        return result;
      } catch (error) {
        const part = { type: "tool", callID: call.callID, state: { status: "error" } };
        await hooks.event({ event: { type: "message.part.updated", properties: { part } } as never });
        throw error;
      }
    };
    return {
      read: async (path) => await run("read", { filePath: join(project, path) }, async () => await text(path)),
      write: async (path, content) =>
        await run("write", { filePath: join(project, path), content }, async () => await store(path, content)),
      edit: async (path, from, to) =>
        await run("edit", { filePath: join(project, path), oldString: from, newString: to }, async () => {
          const before = await text(path);
          if (!before.includes(from)) throw new Error("oldString not found");
          await store(path, before.replace(from, to));
        }),
      patch: async (patchText) => await run("apply_patch", { patchText }, async () => undefined),
      failToWrite: async (path) =>
        await run("write", { filePath: join(project, path), content: "" }, async () => {
          throw new Error("The disk is full.");
        }).catch(() => undefined),
    };
  };
  return { session, reports };
}
