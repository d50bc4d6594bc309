import { expect, test } from "bun:test";
import { join } from "node:path";
import { watchSupervisor } from "../../src/agent-role/supervisor-watch.ts";
import { endTreeNow, treeMembers } from "../../src/processes/end-tree.ts";
import { UnreadableTable } from "../../src/processes/process-table.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { until } from "../until.ts";

const FIXTURE = join(import.meta.dir, "../fixtures/supervises-an-agent.ts");

test("an agent whose supervisor was killed is gone within 5 s, with all that it started", async () => {
  const marker = createInstanceId();
  const supervisor = Bun.spawn([FIXTURE, marker], { stdio: ["ignore", "inherit", "inherit"] });
  const commands = () => treeMembers({ marker }).map(({ command }) => command);
  try {
    const sleepers = () => commands().filter((command) => command === "sleep 97").length;
    await until("the agent and its tree run", () => sleepers() === 2);
    expect(commands().some((command) => command.includes("watches-its-supervisor"))).toBe(true);
    supervisor.kill("SIGKILL");
    await supervisor.exited;
    await until("nothing of the agent is left", () => commands().length === 0, 5000);
  } finally {
    supervisor.kill("SIGKILL");
    endTreeNow({ marker });
  }
}, 20_000);

function asked(): never {
  return expect.unreachable("its parent tells");
}

test("an agent whose supervisor lives is left alone, look after look", async () => {
  const supervisor = { pid: 4242, startTime: "1" };
  const { promise: lookedOften, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  const parentPid = () => {
    looks += 1;
    if (looks === 3) resolve();
    return supervisor.pid;
  };
  const stop = watchSupervisor({ supervisor }, 500, () => expect.unreachable("it lives"), { parentPid, lives: asked });
  await lookedOften;
  stop();
});

test("below a wrapper the supervisor is looked up, and one that cannot be seen just now is not gone", async () => {
  const gone = Promise.withResolvers<number>();
  const answers = [true, "unreadable", true, false];
  let looks = 0;
  const lives = () => {
    const answer = answers[looks++];
    if (typeof answer === "string") throw new UnreadableTable(new Error(answer));
    return answer ?? expect.unreachable("nobody looks after that");
  };
  const system = { parentPid: () => 77, lives };
  watchSupervisor({ supervisor: { pid: 4242, startTime: "1" } }, 1, () => gone.resolve(looks), system);
  expect(await gone.promise).toBe(answers.length);
});
