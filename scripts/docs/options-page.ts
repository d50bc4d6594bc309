import type { ListedOption, OptionSchema } from "./option-list.ts";

/** Variables that stand for no option. */
const OTHER_VARIABLES = [
  ["BIZAR_DISABLE=1", "Bizar stays out"],
  ["BIZAR_DISABLE_LOOP=1", "the loop guard decides nothing; the watchdogs stay"],
  ["BIZAR_DISABLE_LOG=1", "no logs are written"],
  [
    "BIZAR_LOG_LEVEL",
    "`debug`, `info` (default), `warn` or `error`: the least severe of Bizar's words in opencode's log",
  ],
] as const;

/** `docs/options.md`. */
export function optionsPage(options: readonly ListedOption[]): string {
  const variables = options.flatMap(({ name, variable }) =>
    variable === undefined ? [] : ([[variable, name]] as const),
  );
  return `# Options

<!-- Written by \`bun run docs\` from src/config/options.ts: change the comments there. -->

Options are the second element of the plugin's entry in \`opencode.json\`:

\`\`\`json
{
  "plugin": [["opencode-bizar", { "maxConcurrentInstances": 4 }]]
}
\`\`\`

A value that cannot be used is brought into its range, or replaced by the default, with one warning in opencode's log and as a
toast; opencode starts all the same. A name that is not known is warned about with the nearest one that is.

In an editor that reads JSON schemas, \`"$schema"\` may name [options.schema.json](options.schema.json) instead of
opencode's own, on which it builds.

${options.map(line).join("\n")}

## Environment

Variables are read once, and win over options. An empty one counts as none.

${[...OTHER_VARIABLES.map(([name, about]) => `- \`${name}\`: ${about}`), ...variables.map(([variable, name]) => `- \`${variable}\`: \`${name}\``)].join("\n")}

\`BROWSER\`, \`CI\`, \`SSH_CONNECTION\`, \`DISPLAY\` and \`WAYLAND_DISPLAY\` tell Bizar
[where a plan can be opened](plans.md#links-ssh-and-forwarded-ports).
`;
}

function line({ name, about, schema }: ListedOption): string {
  const facts = [schema.default === null ? undefined : `\`${JSON.stringify(schema.default)}\``, range(schema)];
  const known = facts.filter((fact) => fact !== undefined).join("; ");
  return `- **\`${name}\`**${known === "" ? "" : ` (${known})`}: ${about}`;
}

function range({ enum: words, minimum, maximum, default: standard }: OptionSchema): string | undefined {
  if (words !== undefined) return words.flatMap((word) => (word === standard ? [] : [`or \`"${word}"\``])).join(", ");
  if (minimum === undefined) return undefined;
  return maximum === undefined ? `from ${grouped(minimum)}` : `${grouped(minimum)} to ${grouped(maximum)}`;
}

function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}
