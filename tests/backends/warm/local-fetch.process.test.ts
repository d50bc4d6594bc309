import { expect, onTestFinished, test } from "bun:test";
import { join } from "node:path";
import { leaveOutProxy } from "../../../src/backends/warm/local-fetch.ts";

const PROGRAM = join(import.meta.dir, "../../fixtures/asks-by-proxy.ts");

function serving(text: string): string {
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response(text) });
  onTestFinished(async () => await server.stop(true));
  return server.url.origin;
}

for (const name of ["HTTP_PROXY", "http_proxy"]) {
  test(`with ${name} set, the server of warm agents is asked without it`, async () => {
    const [url, proxy] = [serving("the server"), serving("the proxy")];
    const { HTTP_PROXY: _1, http_proxy: _2, NO_PROXY: _3, no_proxy: _4, ...rest } = process.env;
    const child = Bun.spawn([process.execPath, PROGRAM, url], { env: { ...rest, [name]: proxy }, stdout: "pipe" });
    expect(await child.stdout.text()).toBe("the proxy, the server\n");
  });
}

test("what a user leaves out of the proxy stays left out", () => {
  const cases: [given: NodeJS.ProcessEnv, after: NodeJS.ProcessEnv][] = [
    [{}, {}],
    [{ HTTP_PROXY: "p" }, { HTTP_PROXY: "p", NO_PROXY: "127.0.0.1" }],
    [
      { http_proxy: "p", no_proxy: "a.example, b.example" },
      { http_proxy: "p", no_proxy: "a.example,b.example,127.0.0.1" },
    ],
    [
      { HTTP_PROXY: "p", NO_PROXY: "*", no_proxy: "127.0.0.1" },
      { HTTP_PROXY: "p", NO_PROXY: "*", no_proxy: "127.0.0.1" },
    ],
  ];
  for (const [given, after] of cases) {
    leaveOutProxy(given, "127.0.0.1");
    expect(given).toEqual(after);
  }
});

test("every name of this machine is reached without the proxy", async () => {
  const server = Bun.serve({ hostname: "::1", port: 0, fetch: () => new Response("the server") });
  onTestFinished(async () => await server.stop(true));
  const { HTTP_PROXY: _1, http_proxy: _2, NO_PROXY: _3, no_proxy: _4, ...rest } = process.env;
  const env = { ...rest, HTTP_PROXY: serving("the proxy") };
  const child = Bun.spawn([process.execPath, PROGRAM, `http://[::1]:${server.port}`], { env, stdout: "pipe" });
  expect(await child.stdout.text()).toBe("the proxy, the server\n");
});
