import { nearestName } from "./nearest-name.ts";
import { isRecord } from "../lib/is-record.ts";
import { isLoopbackName } from "../lib/loopback.ts";
import * as z from "../lib/schema.ts";
import { shown, valueAt, whyNoPlaceName } from "./place-names.ts";

const SLOTS = 4;
/** Five minutes: a restart of a machine, a tunnel that is made anew. */
const RECONNECT_MS = 300_000;

const serverSchema = () =>
  z.object({
    name: z.string(),
    /** Where `opencode serve` listens. */
    url: z.string(),
    /** The variable of this opencode's environment that holds the password there; absent: it wants none. */
    passwordEnv: z.optional(z.string().check(z.regex(/^[A-Za-z_]\w*$/))),
    /** What the user is called there, by `OPENCODE_SERVER_USERNAME`. */
    username: z._default(z.string().check(z.minLength(1)), "opencode"),
    /** The clone of the repository there. */
    directory: z.string().check(z.regex(/^\//)),
    /** So many agents run there at once. */
    slots: z._default(z.int().check(z.gte(1), z.lte(1000)), SLOTS),
    /** Whether commits that are not known there are fetched, by git there. */
    fetch: z._default(z.boolean(), false),
    /** Whether the password and what agents say may go over a network as plain text. */
    insecure: z._default(z.boolean(), false),
    /** Milliseconds that a line which broke may take to come back. */
    reconnectMs: z._default(z.int().check(z.gte(0), z.lte(86_400_000)), RECONNECT_MS),
  });

/** One server of a pool. */
export type ServerOptions = z.infer<ReturnType<typeof serverSchema>>;

/** The option `servers`; each is read for itself, by {@link readServers}. */
export const serversSchema = () => z.array(serverSchema());

/** The servers that can be used, and a warning for each that cannot, or not as it is written. */
export function readServers(raw: unknown, launchers: readonly string[], warnings: string[]): ServerOptions[] {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) {
    warnings.push(`Option "servers" must be a list of servers, not ${shown(raw)}; it is ignored.`);
    return [];
  }
  const taken = new Set(launchers);
  const servers: ServerOptions[] = [];
  for (const [index, value] of raw.entries()) {
    const found = readOne(value, index, taken, warnings);
    if (found === undefined) continue;
    const twin = servers.find((other) => TWIN.every((field) => other[field] === found[field]));
    if (twin !== undefined) {
      const same = `has the address and the folder of ${shown(twin.name)}`;
      warnings.push(
        `Option "servers[${index}]" (${shown(found.name)}) ${same}: it is one server, whose slots are counted twice.`,
      );
    }
    taken.add(found.name);
    servers.push(found);
  }
  return servers;
}

/** What is alike where the same server is named twice. */
const TWIN = ["url", "directory", "passwordEnv", "username"] as const;

function readOne(
  value: unknown,
  index: number,
  taken: ReadonlySet<string>,
  warnings: string[],
): ServerOptions | undefined {
  const named = isRecord(value) && typeof value["name"] === "string" ? value["name"] : undefined;
  const label = `Option "servers[${index}]"${named === undefined ? "" : ` (${shown(named)})`}`;
  const isIgnored = (why: string) => void warnings.push(`${label} ${why}; this server is ignored.`);
  const server = serverSchema();
  const parsed = server.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: keys, message }) => {
      const path = keys.map(String);
      const what = path.length === 0 ? "it" : `"${path.join(".")}"`;
      const came = path[0] === "passwordEnv" ? "not shown, since it may be the password" : shown(valueAt(value, path));
      return `${what} is ${came}, expected ${EXPECTED[path[0] ?? ""] ?? message}`;
    });
    isIgnored(`cannot be used: ${faults.join("; ")}`);
    return undefined;
  }
  const { name, url, insecure } = parsed.data;
  const why = whyNoPlaceName(name) ?? (taken.has(name) ? "has the name of another place" : whyNoUrl(url, insecure));
  if (why !== undefined) {
    isIgnored(why);
    return undefined;
  }
  for (const key of Object.keys(value as object)) {
    if (Object.hasOwn(server.shape, key)) continue;
    const near = key === "password" ? "passwordEnv" : nearestName(key, Object.keys(server.shape));
    warnings.push(`${label} has no "${key}"; it is ignored.${near === undefined ? "" : ` Did you mean "${near}"?`}`);
  }
  const plain = new URL(url);
  if (insecure && plain.protocol === "http:" && !isLoopbackName(plain.hostname)) {
    warnings.push(
      `${label} is asked over plain http (insecure): whoever is on the way reads its password and what agents say.`,
    );
  }
  return { ...parsed.data, url: plain.origin + plain.pathname.replace(/\/+$/, "") };
}

function whyNoUrl(text: string, insecure: boolean): string | undefined {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return `has the url ${shownUrl(text)}: expected one such as "https://build.example.org:4096"`;
  }
  if (url.username !== "" || url.password !== "") {
    return `has a password in its url: put it into the environment, and name the variable as "passwordEnv"`;
  }
  if (url.search !== "" || url.hash !== "") return `has more than an address in its url ${shownUrl(text)}`;
  if (url.protocol === "https:" || isLoopbackName(url.hostname) || insecure) return undefined;
  return (
    `has the url ${shown(text)}, which sends the password as plain text: use https, a tunnel to 127.0.0.1, ` +
    `or "insecure": true where the network is trusted`
  );
}

/** Without what may be a secret. */
function shownUrl(text: string): string {
  return shown(text.replace(/\/\/.*@/, "//…@").replace(/[?#].*/s, "?…"));
}

const EXPECTED: Readonly<Record<string, string>> = {
  "": `an object such as {"name": "east", "url": "https://…", "passwordEnv": "EAST_PASSWORD", "directory": "/srv/app"}`,
  name: `a name such as "east"`,
  url: `an address such as "https://build.example.org:4096"`,
  passwordEnv: `the name of a variable, such as "EAST_PASSWORD"`,
  username: "a name",
  directory: "the absolute path of a clone there",
  slots: "a whole number from 1 to 1000",
  fetch: "true or false",
  insecure: "true or false",
  reconnectMs: "milliseconds, from 0 to 86400000",
};
