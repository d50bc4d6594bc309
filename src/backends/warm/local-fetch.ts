/**
 * Sends a request to a server of this machine: never by way of a proxy, which would see the password and what agents
 * say. Bun 1.3.14 takes `HTTP_PROXY` for every address and leaves out what `NO_PROXY` names, and nothing else.
 */
export async function localFetch(request: Request): Promise<Response> {
  leaveOutProxy(process.env, new URL(request.url).hostname);
  return await fetch(request);
}

/** Adds a name of this machine, as it stands in addresses, to what is reached without the proxy, where there is one. */
export function leaveOutProxy(environment: NodeJS.ProcessEnv, hostname: string): void {
  if (!environment["HTTP_PROXY"] && !environment["http_proxy"]) return;
  const names = ["NO_PROXY", "no_proxy"].filter((name) => environment[name] !== undefined);
  for (const name of names.length === 0 ? ["NO_PROXY"] : names) {
    const direct = (environment[name] ?? "").split(",").map((each) => each.trim());
    if (direct.includes(hostname) || direct.includes("*")) continue;
    environment[name] = [...direct.filter((each) => each !== ""), hostname].join(",");
  }
}
