import { expect, test } from "bun:test";
import { definitionHash } from "../../../src/backends/warm/definition-hash.ts";

const model = { providerId: "scripted", modelId: "model-a" };
const thor = { name: "thor", prompt: "You are Thor.", permission: [{ permission: "bash", action: "allow" }] };

test("the same definition has the same hash, in whatever order it comes", () => {
  const turned = { permission: [{ action: "allow", permission: "bash" }], prompt: "You are Thor.", name: "thor" };
  expect(definitionHash(turned, { modelId: "model-a", providerId: "scripted" })).toBe(definitionHash(thor, model));
  expect(definitionHash(thor, model)).toMatch(/^[0-9a-f]{16}$/);
});

test("another prompt, permission, model or variant has another", () => {
  const others = [
    definitionHash({ ...thor, prompt: "You are Loki." }, model),
    definitionHash({ ...thor, permission: [] }, model),
    definitionHash(thor, { ...model, modelId: "model-b" }),
    definitionHash(thor, { ...model, variant: "high" }),
    definitionHash(undefined, model),
  ];
  expect(new Set([...others, definitionHash(thor, model)]).size).toBe(others.length + 1);
});
