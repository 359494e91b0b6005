/**
 * Opens a session as a client of the target does, and tells what its requests carry from then on.
 * The token is a secret.
 */
import type { Agent } from "node:http";
import { keepSecret } from "../base/redact.ts";
import { addressText, type Endpoint, type SessionStep } from "../target/layout.ts";
import { fetchBody, type Fetched, type FetchOptions } from "./fetch-body.ts";
import { askForText } from "./http-request.ts";
import { sessionRefused } from "./request-failure.ts";

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
  if (status < 200 || status > 299)
    throw Object.assign(
      new Error(`it refuses to open a session: ${method} ${path} answers ${status}`),
      // Any other answer may come from a service that is not up yet.
      status === 401 || status === 403 ? { code: sessionRefused } : {},
    );
  const found = tokenIn(text, token);
  if (found === null)
    throw new Error(`it opens no session: the answer to ${method} ${path} has no ${token}`);
  keepSecret(found);
  return { [header]: as.replaceAll("{token}", found) };
}

/** A client that stays signed in wherever it must, as the virtual users of the load do. */
export class Sessions {
  readonly #agent: Agent;
  readonly #headers = new Map<string, Readonly<Record<string, string>>>();

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** `step`: by default, that of the endpoint. Rejects where no session is opened. */
  async fetch(
    endpoint: Endpoint,
    path: string,
    options: Omit<FetchOptions, "headers">,
    step: SessionStep | undefined = endpoint.access?.session,
  ): Promise<Fetched> {
    if (step === undefined) return fetchBody(endpoint, path, options);
    const key = `${addressText(endpoint)} ${JSON.stringify(step)}`;
    const known = this.#headers.get(key);
    const first = await fetchBody(endpoint, path, {
      ...options,
      headers: known ?? (await this.#signIn(key, endpoint, step, options)),
    });
    // Like a client, it signs in once, and again after a refusal.
    if (first.status !== 401 && first.status !== 403) return first;
    const headers = await this.#signIn(key, endpoint, step, options);
    return fetchBody(endpoint, path, { ...options, headers });
  }

  async #signIn(
    key: string,
    endpoint: Endpoint,
    step: SessionStep,
    { timeoutMs, signal }: Omit<FetchOptions, "headers">,
  ): Promise<Readonly<Record<string, string>>> {
    const headers = await openSession(endpoint, step, {
      agent: this.#agent,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]),
    });
    this.#headers.set(key, headers);
    return headers;
  }
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
