import DOMPurify from "dompurify";
import mermaid from "mermaid";

// Mermaid cleans labels while it parses, for which it needs a page. What is parsed here is never shown.
if (!DOMPurify.isSupported) {
  Object.assign(DOMPurify, { addHook: () => undefined, removeHook: () => undefined, sanitize: String });
}
// What it has to say is thrown: the terminal is opencode's.
mermaid.initialize({ logLevel: "fatal", startOnLoad: false });

/** @throws Error that says what is wrong with the source */
export async function parseMermaid(source: string): Promise<void> {
  await mermaid.parse(source);
}
