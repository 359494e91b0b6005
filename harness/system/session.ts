/**
 * Opens a session as a client of the target does, and tells what its requests carry from then on.
 * The token is a secret.
 */
import type { Agent } from "node:http";
import { keepSecret } from "../base/redact.ts";
import type { Endpoint, SessionStep } from "../target/layout.ts";
import { requestTo } from "./http-request.ts";

const answerBytesMax = 64 * 1024;

/** Rejects where the target opens none. */
export function openSession(
  endpoint: Endpoint,
  { path, method = "POST", body, token, header, as = "{token}" }: SessionStep,
  { agent, signal }: { readonly agent: Agent | false; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, string>>> {
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined
        ? { "content-length": "0" }
        : {
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(body)),
          };
    const outgoing = requestTo(endpoint, { method, path, headers, agent, signal }, (response) => {
      let heard = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        if (heard.length < answerBytesMax) heard += part;
      });
      response.once("error", reject);
      response.once("end", () => {
        const { statusCode = 0 } = response;
        const found = statusCode < 300 ? tokenIn(heard, token) : null;
        if (found === null)
          return reject(new Error(`the session step ${path} gave no ${token} (${statusCode})`));
        keepSecret(found);
        resolve({ [header]: as.replaceAll("{token}", found) });
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
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
