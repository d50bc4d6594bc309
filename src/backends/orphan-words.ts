/** The words for an opencode that could not see that it was started by this host. */
export function orphanWords(why: string): string {
  return (
    `opencode ended at once, since it cannot prove that it is an agent of this one: ${why}. What "opencodeBinary" names ` +
    "must start opencode below itself, in the same pid namespace, and wait for it. Or name opencode itself there."
  );
}
