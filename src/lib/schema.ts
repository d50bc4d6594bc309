import { config } from "zod/v4/core";
import en from "zod/v4/locales/en.js";

// The small half of zod comes without words for what is wrong.
config(en());

// By name, so that a bundle holds no more than these: opencode waits for them at its start.
export {
  _default,
  array,
  boolean,
  custom,
  discriminatedUnion,
  enum,
  gte,
  int,
  intersection,
  iso,
  literal,
  looseObject,
  lte,
  maxLength,
  minLength,
  nonnegative,
  nullable,
  nullish,
  number,
  object,
  optional,
  partial,
  prettifyError,
  record,
  refine,
  regex,
  string,
  tuple,
  union,
  unknown,
} from "zod/mini";
export type { core, infer, ZodMiniType } from "zod/mini";
