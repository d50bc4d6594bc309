/** Whether `BIZAR_DISABLE=1` asks the plugin to stay out. */
export function isDisabled(environment: NodeJS.ProcessEnv): boolean {
  return environment["BIZAR_DISABLE"] === "1";
}
