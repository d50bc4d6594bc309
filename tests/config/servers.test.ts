import { describe, expect, test } from "bun:test";
import { readOptions } from "../../src/config/options.ts";

const EAST = { name: "east", url: "https://east.example.org:4096", directory: "/srv/app" };

function read(servers: unknown, more: Record<string, unknown> = {}) {
  const { options, warnings } = readOptions({ servers, ...more }, { HOME: "/home/ada" });
  return { servers: options.servers, place: options.defaultLauncher, warnings };
}

test("a server needs a name, an address and a folder; the rest has defaults", () => {
  expect(read([{ ...EAST, passwordEnv: "EAST_PASSWORD", url: `${EAST.url}/` }])).toMatchObject({
    servers: [
      {
        ...{ ...EAST, passwordEnv: "EAST_PASSWORD", username: "opencode", slots: 4 },
        ...{ fetch: false, insecure: false, reconnectMs: 300_000 },
      },
    ],
    warnings: [],
  });
});

describe("a server that cannot be used is left out, with one sentence that says why", () => {
  const cases: [what: string, server: unknown, words: string][] = [
    ["no object", "east", `"servers[0]" cannot be used: it is "east", expected an object such as {"name"`],
    ["no address", { ...EAST, url: undefined }, `"url" is missing, expected an address`],
    ["no folder", { ...EAST, directory: undefined }, `"directory" is missing, expected the absolute path`],
    [
      "a folder that is not absolute",
      { ...EAST, directory: "app" },
      `"directory" is "app", expected the absolute path`,
    ],
    [
      "a password for a variable",
      { ...EAST, passwordEnv: "p@ss" },
      `"passwordEnv" is not shown, since it may be the password, expected the name of`,
    ],
    ["no slots", { ...EAST, slots: 0 }, `"slots" is 0, expected a whole number from 1`],
    ["a time before now", { ...EAST, reconnectMs: -1 }, `"reconnectMs" is -1, expected milliseconds`],
    ["plain http", { ...EAST, url: "http://10.0.0.7:4096" }, "sends the password as plain text: use https"],
    ["plain http by name", { ...EAST, url: "http://localhost.example.org" }, "sends the password as plain text"],
    ["a password in the address", { ...EAST, url: "https://a:b@east.example.org" }, "has a password in its url"],
    ["no http", { ...EAST, url: "ftp://east.example.org" }, "expected one such as"],
    ["no address at all", { ...EAST, url: "east" }, "expected one such as"],
    ["more than an address", { ...EAST, url: "https://east.example.org/?a=b" }, "has more than an address"],
    ["a name that means something", { ...EAST, name: "any" }, "has a name that no place can have"],
    ["a name with a blank", { ...EAST, name: "the east" }, "has a name that no place can have"],
    ["a secret in what is no address", { ...EAST, url: "ftp://a:hidden@east" }, 'has the url "ftp://…@east"'],
    ["a secret behind an address", { ...EAST, url: "https://east/a?key=hidden" }, 'in its url "https://east/a?…"'],
    ["the name of a launcher", { ...EAST, name: "slurm" }, "has the name of another place"],
  ];
  for (const [what, server, words] of cases) {
    test(what, () => {
      const launchers = { slurm: { command: ["srun"] } };
      const { servers, warnings } = read([server, { ...EAST, name: "good" }], { launchers });
      expect(servers.map(({ name }) => name)).toEqual(["good"]);
      expect(warnings).toEqual([expect.stringContaining(words)]);
      expect(warnings.join()).not.toMatch(/hidden|p@ss/);
      expect(warnings[0]).toEndWith("; this server is ignored.");
    });
  }
});

test("of two servers with one name the second is left out", () => {
  const { servers, warnings } = read([EAST, { ...EAST, url: "https://other.example.org" }]);
  expect(servers.map(({ url }) => url)).toEqual([EAST.url]);
  expect(warnings[0]).toContain("has the name of another place");
});

const named = (name: string, url: string, more = {}) => ({ ...EAST, name, url, ...more });

test("an address is taken as it is meant, and a server that is named twice is told", () => {
  const urls = [
    "HTTPS://Fleet.example.org:4096//",
    " https://fleet.example.org:4096/?",
    "https://fleet.example.org/code/",
  ];
  const { servers, warnings } = read([
    ...urls.map((url, index) => named(`s${index}`, url)),
    named("other", "https://fleet.example.org:4096", { directory: "/srv/other" }),
  ]);
  expect(servers.map(({ url }) => url)).toEqual([
    ...["https://fleet.example.org:4096", "https://fleet.example.org:4096"],
    ...["https://fleet.example.org/code", "https://fleet.example.org:4096"],
  ]);
  expect(warnings).toEqual([expect.stringContaining('"servers[1]" ("s1") has the address and the folder of "s0"')]);
});

describe("plain http goes over this machine alone, or where it is said to be safe, once with a warning", () => {
  const cases: [url: string, insecure: boolean, words: string | undefined][] = [
    ["http://127.0.0.1:4096", false, undefined],
    ["http://localhost:4096", false, undefined],
    ["http://[::1]:4096", true, undefined],
    ["http://10.0.0.7:4096", true, "is asked over plain http (insecure)"],
    ["https://10.0.0.7:4096", true, undefined],
  ];
  for (const [url, insecure, words] of cases) {
    test(`${url}${insecure ? ", insecure" : ""}`, () => {
      const { servers, warnings } = read([{ ...EAST, url, insecure }]);
      expect(servers).toHaveLength(1);
      expect(warnings).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
    });
  }
});

test("a misspelt word of a server is named with the one that is meant, and a password is no option", () => {
  expect(read([{ ...EAST, slot: 4, password: "secret" }]).warnings).toEqual([
    expect.stringContaining('has no "slot"; it is ignored. Did you mean "slots"?'),
    expect.stringContaining('has no "password"; it is ignored. Did you mean "passwordEnv"?'),
  ]);
});

describe("servers that are no list are none", () => {
  for (const given of [{ east: EAST }, "east", 5]) {
    test(JSON.stringify(given), () => {
      expect(read(given)).toMatchObject({ servers: [], warnings: [expect.stringContaining("must be a list of")] });
    });
  }
});

test("agents may go to any of the servers by themselves, and nowhere where there is none", () => {
  expect(read([EAST], { defaultLauncher: "any" })).toMatchObject({ place: "any", warnings: [] });
  expect(read([], { defaultLauncher: "any" })).toMatchObject({ place: null, warnings: [expect.any(String)] });
});
