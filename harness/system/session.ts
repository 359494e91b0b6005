/**
 * Opens a session as a client of the target does, and tells what its requests carry from then on.
 * The token is a secret.
 */
import type { Agent } from "node:http";
import { keepSecret } from "../base/redact.ts";
import type { Endpoint, SessionStep } from "../target/layout.ts";
import { askForText } from "./http-request.ts";

const answerCharsMax = 64 * 1024;

/** Rejects where the target opens none. */
export async function openSession(
  endpoint: Endpoint,
  { path, method = "POST", body, token, header, as = "{token}" }: SessionStep,
  { agent, signal }: { readonly agent: Agent | false; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = body === undefined ? { "content-length": "0" } : {};
  const ask = { method, path, headers, agent, signal };
  const { status, text } = await askForText(endpoint, ask, body, answerCharsMax);
  const found = status < 300 ? tokenIn(text, token) : null;
  if (found === null) throw new Error(`the session step ${path} gave no ${token} (${status})`);
  keepSecret(found);
  return { [header]: as.replaceAll("{token}", found) };
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
