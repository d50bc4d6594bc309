/** What an opencode says when it is asked for its version; empty where it does not tell. Never rejects. */
export async function versionOf(binary: string, environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    const child = Bun.spawn([binary, "--version"], { env: environment, stdin: "ignore", stderr: "ignore" });
    return (await new Response(child.stdout).text()).trim();
  } catch {
    return "";
  }
}
