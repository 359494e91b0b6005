/**
 * Opens a session as a client of the target does, and tells what its requests carry from then on.
 * The token is a secret.
 */
import { tokenIn } from "../base/token-in.ts";
import type { Agent } from "node:http";
import { keepSecret } from "../base/redact.ts";
import { addressText, type Endpoint, type SessionStep } from "../target/layout.ts";
import { fetchBody, type Fetched, type FetchOptions } from "./fetch-body.ts";
import { askForText } from "./http-request.ts";
import { sessionRefused } from "./request-failure.ts";

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
  const value = as.replaceAll("{token}", found);
  const carried = header === undefined ? {} : { [header]: value };
  return (asked) => ({ headers: carried, path: withQuery(asked, query, value) });
}

function withQuery(path: string, name: string | undefined, value: string): string {
  if (name === undefined) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;
}

/** A client that stays signed in wherever it must, as the virtual users of the load do. */
export class Sessions {
  readonly #agent: Agent;
  readonly #signs = new Map<string, (path: string) => Signed>();

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  /** `step`: by default, that of the endpoint. Rejects where no session is opened. */
  async fetch(
    endpoint: Endpoint,
    path: string,
    options: FetchOptions,
    step: SessionStep | undefined = endpoint.access?.session,
  ): Promise<Fetched> {
    if (step === undefined) return fetchBody(endpoint, path, options);
    const key = `${addressText(endpoint)} ${JSON.stringify(step)}`;
    const fetched = (sign: (path: string) => Signed): Promise<Fetched> => {
      const signed = sign(path);
      const headers = { ...options.headers, ...signed.headers };
      return fetchBody(endpoint, signed.path, { ...options, headers });
    };
    const known = this.#signs.get(key);
    const first = await fetched(known ?? (await this.#signIn(key, endpoint, step, options)));
    // Like a client, it signs in once, and again after a refusal.
    if (first.status !== 401 && first.status !== 403) return first;
    return fetched(await this.#signIn(key, endpoint, step, options));
  }

  async #signIn(
    key: string,
    endpoint: Endpoint,
    step: SessionStep,
    { timeoutMs, signal }: FetchOptions,
  ): Promise<(path: string) => Signed> {
    const sign = await openSession(endpoint, step, {
      agent: this.#agent,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), signal]),
    });
    this.#signs.set(key, sign);
    return sign;
  }
}
