/**
 * Opens a session as a client of the target does, and tells what its requests carry from then on.
 * The token is a secret.
 */
import type { Agent } from "node:http";
import { keepSecret } from "../base/redact.ts";
import type { Endpoint, SessionStep } from "../target/layout.ts";
import { askForText } from "./http-request.ts";

const answerCharsMax = 64 * 1024;

/** What a request of the session is. */
export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
}

/** Rejects where the target opens none. Resolves with what makes a path a request of it. */
export async function openSession(
  endpoint: Endpoint,
  { path, method = "POST", body, token, header, query, as = "{token}" }: SessionStep,
  { agent, signal }: { readonly agent: Agent | false; readonly signal: AbortSignal },
): Promise<(path: string) => Signed> {
  const headers: Record<string, string> = body === undefined ? { "content-length": "0" } : {};
  const ask = { method, path, headers, agent, signal };
  const { status, text } = await askForText(endpoint, ask, body, answerCharsMax);
  const found = status < 300 ? tokenIn(text, token) : null;
  if (found === null) throw new Error(`the session step ${path} gave no ${token} (${status})`);
  keepSecret(found);
  const value = as.replaceAll("{token}", found);
  const carried = header === undefined ? {} : { [header]: value };
  return (asked) => ({ headers: carried, path: withQuery(asked, query, value) });
}

function withQuery(path: string, name: string | undefined, value: string): string {
  if (name === undefined) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
}

/** A member of a JSON answer, perhaps of an object in it: `data.token`. */
function tokenIn(text: string, path: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  for (const name of path.split("."))
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}
