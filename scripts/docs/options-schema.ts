import type { ListedOption } from "./option-list.ts";

const HOST_SCHEMA = "https://opencode.ai/config.json";

/**
 * `docs/options.schema.json`: a JSON schema for `opencode.json` that knows the options of this plugin. Of other plugins it
 * says nothing.
 */
export function optionsSchemaFile(options: readonly ListedOption[]): string {
  const properties = Object.fromEntries(
    options.map(({ name, about, schema }) => [name, { description: about, ...schema }]),
  );
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "opencode.json with the options of opencode-bizar",
    allOf: [
      { $ref: HOST_SCHEMA },
      {
        properties: {
          plugin: {
            items: {
              if: { type: "array", items: [{ type: "string", pattern: "bizar" }] },
              // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON schema
              then: { items: [{ type: "string" }, { $ref: "#/definitions/options" }] },
            },
          },
        },
      },
    ],
    definitions: { options: { type: "object", additionalProperties: false, properties } },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
