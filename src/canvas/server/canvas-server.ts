import type { CanvasPlans } from "../canvas-plans.ts";
import { Access } from "./access.ts";
import { listen } from "./http-server.ts";
import { readPageFiles } from "./page-files.ts";
import { PlanStreams } from "./plan-streams.ts";
import { createRoutes } from "./routes.ts";

export interface CanvasServerParts {
  readonly plans: CanvasPlans;
  /** Where the built page is. */
  readonly assetsFolder: string;
  readonly report: (message: string, cause?: unknown) => void;
}

/** The running server of the canvas. */
export interface CanvasServer {
  /** A new link to the plan, good for one browser. */
  link(slug: string): string;
  /** How many pages have the plan open. */
  viewers(slug: string): number;
  close(): void;
}

/** @throws Error when the page is not built, or nobody may listen */
export async function startCanvasServer({ plans, assetsFolder, report }: CanvasServerParts): Promise<CanvasServer> {
  const access = new Access(Date.now);
  const streams = new PlanStreams(plans, (intervalMs, callback) => {
    const timer = setInterval(callback, intervalMs);
    return () => clearInterval(timer);
  });
  const routes = createRoutes({ plans, access, streams, report, page: await readPageFiles(assetsFolder) });
  const http = await listen((request) => routes.fetch(request), report);
  return {
    link: (slug) => `http://127.0.0.1:${http.port}/plan/${slug}?secret=${access.newSecret(slug)}`,
    viewers: (slug) => streams.viewers(slug),
    close() {
      streams.close();
      http.close();
    },
  };
}
