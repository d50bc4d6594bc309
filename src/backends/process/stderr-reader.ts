import { stripVTControlCharacters } from "node:util";
import { isTelemetry, parseTelemetry, type Telemetry } from "../../agent-role/telemetry-line.ts";
import { parseTreeReport, type LeftThere, type Stray } from "../../agent-role/tree-report.ts";
import { parsePlaceReport, type PlaceReport } from "./place-report.ts";
import type { HostFact } from "../host-fact.ts";

/** What one line of a child's stderr means. */
export type StderrFact =
  /** `undefined` where the line was cut: it is for nobody's eyes all the same. */
  | { readonly type: "telemetry"; readonly telemetry: Telemetry | undefined }
  | { readonly type: "strays"; readonly strays: readonly Stray[] }
  /** What was left running elsewhere, and was ended there. */
  | { readonly type: "left"; readonly left: readonly LeftThere[] }
  /** The shell at a place elsewhere. */
  | { readonly type: "place"; readonly report: PlaceReport }
  /** A sign of life, for nobody's eyes. */
  | { readonly type: "alive" }
  | HostFact;

const SESSION_CREATED = /\bmessage=created id=(ses_[A-Za-z0-9]+)\b/;
const FALLBACK = /^! +(agent "[^"]*" (not found|is a subagent, not a primary agent)\. Falling back to default agent)/;
/** A command of several lines is printed as it is: the words behind it come with its last line. */
const PERMISSION = /^! +permission requested: (\S+) \((.*?)(?:\); auto-rejecting)?$/;
const HOST_LOG = /^timestamp=\S+ level=(\w+) /;
const ERROR_FIELD = /\berror="((?:[^"\\]|\\.)*)"/;
const MODEL_UNKNOWN = /^ProviderModelNotFoundError: (.*)$/;

/** Reads one line of a child's stderr, as opencode writes it. */
export function readStderrLine(nonce: string, line: string): StderrFact {
  const tree = parseTreeReport(nonce, line);
  if (tree?.orphan !== undefined) return { type: "orphan", why: tree.orphan };
  if (tree?.strays !== undefined) return { type: "strays", strays: tree.strays };
  if (tree?.left !== undefined) return { type: "left", left: tree.left };
  if (tree?.alive === true) return { type: "alive" };
  const report = parsePlaceReport(nonce, line);
  if (report !== undefined) return { type: "place", report };
  if (isTelemetry(nonce, line)) return { type: "telemetry", telemetry: parseTelemetry(nonce, line) };
  // Most lines have no colours, and a flood of lines must not become a flood of copies.
  const plain = line.includes("\u001b") ? stripVTControlCharacters(line) : line;
  const level = HOST_LOG.exec(plain)?.[1];
  if (level !== undefined) return readHostLog(level, plain);
  const [, fallback, kind] = FALLBACK.exec(plain) ?? [];
  if (fallback !== undefined) {
    return { type: "agent_fallback", reason: kind === "not found" ? "agent_unknown" : "wrong_agent", detail: fallback };
  }
  const [, permission, detail] = PERMISSION.exec(plain) ?? [];
  if (permission !== undefined) return { type: "permission_rejected", permission, detail: detail ?? "" };
  return { type: "other" };
}

function readHostLog(level: string, line: string): StderrFact {
  const sessionId = SESSION_CREATED.exec(line)?.[1];
  if (level === "INFO" && sessionId !== undefined) return { type: "session_created", sessionId };
  if (level !== "ERROR") return { type: "host_log" };
  const detail = ERROR_FIELD.exec(line)?.[1]?.replaceAll('\\"', '"');
  if (detail === undefined) return { type: "host_log" };
  const model = MODEL_UNKNOWN.exec(detail)?.[1];
  return model === undefined ? { type: "host_error", detail } : { type: "model_unknown", detail: model };
}
