/** Whether this user may make pid namespaces. */
export const mayUnshare =
  process.platform === "linux" && Bun.spawnSync(["unshare", "--pid", "--fork", "true"], { stderr: "ignore" }).success;
