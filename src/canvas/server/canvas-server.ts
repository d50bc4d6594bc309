import type { Act } from "../../processes/whose-act.ts";
import type { CanvasPlans } from "../canvas-plans.ts";
import { Access, OPENING_LIFE_MS } from "./access.ts";
import { ForwardingFiles } from "./forwarding-files.ts";
import { listen } from "./http-server.ts";
import { clientProcess, isOwnUser } from "./own-user.ts";
import { readPageFiles } from "./page-files.ts";
import { PageStreams, watchAgents, watchPlans, type AgentsOf } from "./page-streams.ts";
import { createRoutes } from "./routes.ts";
import { ChangesWatch } from "./changes-watch.ts";
import { segmentOf } from "./page-kinds.ts";
import type { CanvasChanges } from "../canvas-changes.ts";

export interface CanvasServerParts {
  readonly plans: CanvasPlans;
  /** Absent where nothing is known of agents. */
  readonly changes?: CanvasChanges | undefined;
  /** Where the built page is. */
  readonly assetsFolder: string;
  /**
   * Whose a request is that opens a plan or decides; a person's where absent.
   *
   * @param pid the process that sent it, where the system tells
   */
  readonly whoseAct?: (pid: number | undefined) => Act;
  /** Who works on a plan; absent where nobody knows. */
  readonly agents?: AgentsOf;
  readonly report: (message: string, cause?: unknown) => void;
}

/** The running server of the canvas. */
export interface CanvasServer {
  readonly port: number;
  /** A new link to a plan, by its slug, or to the changes of an agent, by its id; good for one browser. */
  link(name: string): string;
  /**
   * A way to it that is worth nothing to other users of the machine, for the arguments of a program that shows
   * it within a minute: an address with a key, or that of a file that goes on to a link.
   *
   * @throws Error when the file cannot be written
   */
  openerAddress(name: string, way: "key" | "file"): Promise<string>;
  /** How many pages have it open. */
  viewers(name: string): number;
  close(): void;
}

/** @throws Error when the page is not built, or nobody may listen */
export async function startCanvasServer(parts: CanvasServerParts): Promise<CanvasServer> {
  const { plans, changes, agents, assetsFolder, report, whoseAct = () => ({ by: "person" }) } = parts;
  const access = new Access(Date.now);
  const streams = new PageStreams(watchPlans(plans), every, agents && watchAgents(agents, every));
  const watch = changes === undefined ? undefined : new ChangesWatch(changes, after);
  const changesStreams = watch === undefined ? undefined : new PageStreams(watch.watch, every);
  const files = new ForwardingFiles(after, report);
  const routes = createRoutes({
    plans,
    access,
    streams,
    ...(changes !== undefined &&
      watch !== undefined &&
      changesStreams !== undefined && { review: { changes, watch, streams: changesStreams } }),
    report,
    page: await readPageFiles(assetsFolder),
    async whoseAct(connection) {
      const pid = await clientProcess(connection).catch((error: unknown) => {
        report("The canvas cannot tell which program asks.", error);
        return undefined;
      });
      return whoseAct(pid);
    },
    async isOwnUser(connection) {
      return await isOwnUser(connection).catch((error: unknown) => {
        report("The canvas cannot tell whose browser it is.", error);
        return false;
      });
    },
  });
  const http = await listen((request, connection) => routes.fetch(request, connection), report);
  const address = (slug: string) => `http://127.0.0.1:${http.port}${access.path}/${segmentOf(slug)}/${slug}`;
  return {
    port: http.port,
    link: (slug) => `${address(slug)}?secret=${access.newSecret(slug)}`,
    async openerAddress(slug, way) {
      if (way === "key") return `${address(slug)}?key=${access.newKey(slug)}`;
      return await files.write(OPENING_LIFE_MS, (used) => {
        return `${address(slug)}?ticket=${access.newTicket(slug, used)}`;
      });
    },
    viewers: (name) => streams.viewers(name) + (changesStreams?.viewers(name) ?? 0),
    close() {
      files.close();
      streams.close();
      changesStreams?.close();
      http.close();
    },
  };
}

function every(intervalMs: number, callback: () => void): () => void {
  const timer = setInterval(callback, intervalMs);
  return () => clearInterval(timer);
}

function after(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}
