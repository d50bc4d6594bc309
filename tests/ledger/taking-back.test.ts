import { beforeEach, expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ledgerHooks } from "../../src/host/ledger-hooks.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { temporaryFolder } from "../temporary-folder.ts";

let recordDir: string;
let project: string;

beforeEach(() => {
  const root = temporaryFolder();
  recordDir = join(root, "bg");
  project = join(root, "project");
  mkdirSync(recordDir);
  mkdirSync(join(project, ".git"), { recursive: true });
  mkdirSync(join(project, "sub"));
});

/** An agent of whichever host, as its record says. */
function agent(given: Record<string, unknown> = {}): string {
  const instanceId = createInstanceId();
  const record = { instanceId, agent: "thor", title: "discounts", directory: project, status: "running", ...given };
  writeFileSync(join(recordDir, `${instanceId}.json`), JSON.stringify(record));
  return instanceId;
}

async function bash(command: string, own: string | undefined, workdir?: string): Promise<string> {
  const hooks = ledgerHooks({
    ...{ directory: project, folder: join(recordDir, "..", "changes"), recordDir, instanceOf: async () => own },
    report: (message) => expect.unreachable(message),
  });
  await hooks.config({ agent: { reader: { permission: { edit: "deny", bash: { "*": "deny" } as never } } } });
  const call = { tool: "bash", sessionID: "ses_1", callID: "call_1" };
  return await hooks["tool.execute.before"](call, { args: { command, workdir } }).then(
    () => "runs",
    (error: Error) => error.message,
  );
}

test("a stash is refused while another agent works in the folder, by its name, and with what to do instead", async () => {
  const own = agent({ title: "prices" });
  agent();
  const refused = await bash("cd x && git -C . stash; bun test; git stash pop", own);
  expect(refused).toContain('bash was refused: "git stash" changes files that others work on');
  expect(refused).toContain('thor "discounts"');
  expect(refused).not.toContain("prices");
  expect(refused).toContain("git show HEAD:<file>");
  expect(await bash("git stash list", own)).toBe("runs");
});

test("the session that asked for the agents is refused as well", async () => {
  agent();
  expect(await bash("git checkout .", undefined)).toContain('thor "discounts"');
});

test.each<[string, Record<string, unknown>]>([
  ["has ended", { status: "done" }],
  ["has not begun", { status: "queued" }],
  ["may not write", { agent: "reader" }],
  ["works elsewhere", { directory: "/" }],
  ["has a folder of its own", { folder: { directory: "/" } }],
])("an agent that %s holds nobody up", async (_what, given) => {
  const own = agent({ title: "prices" });
  agent(given);
  expect(await bash("git stash", own)).toBe("runs");
});

test("a folder of the same working tree, and a link to it, are the same", async () => {
  const link = join(project, "..", "link");
  symlinkSync(join(project, "sub"), link);
  agent({ directory: link });
  expect(await bash("git reset --hard", undefined)).toContain("bash was refused");
});

test("a copy of the folder is nobody else's, however a line gets there; from there the folder is still theirs", async () => {
  const own = agent({ title: "prices" });
  const copy = join(project, "..", "copy");
  mkdirSync(copy);
  writeFileSync(join(copy, ".git"), "gitdir: x");
  agent();
  for (const line of [`git -C ${copy} checkout HEAD~1`, "cd ../copy && git stash"])
    expect(await bash(line, own)).toBe("runs");
  expect(await bash("git reset --hard", own, copy)).toBe("runs");
  for (const line of [`git -C ${project} stash`, "cd ../project/sub && git stash", "cd ../nowhere; git stash"])
    expect(await bash(line, own, line.startsWith("cd ../nowhere") ? undefined : copy)).toContain("bash was refused");
  expect(await bash("cd ../copy && git stash && git -C ../project stash", own)).toContain("bash was refused");
});
