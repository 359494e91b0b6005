/**
 * Calls Toxiproxy with a timeout and its own error messages. Its client has neither, so this
 * replaces the client's call function.
 */
import { Toxiproxy } from "toxiproxy-node-client";
import { SeawallError } from "../../base/errors.ts";
import type { Endpoint } from "../../target/layout.ts";
import { type CallAnswer, callDirectly } from "../../system/direct-http.ts";

/**
 * Toxiproxy answers within ms, unless its accept loop hangs in a connection to a service that
 * accepts none.
 */
export const callMsMax = 5_000;

type Api = Toxiproxy["api"];

/**
 * The client, calling through {@link boundedCall}. `api` is its public extension point; the class
 * behind it is not exported.
 */
export function boundedClient(control: Endpoint, timeoutMs: number): Toxiproxy {
  const client = new Toxiproxy(`http://${control.host}:${control.port}`);
  const call = async (method: string, url: string, body?: unknown): Promise<string> =>
    boundedCall(method, url, body, timeoutMs);
  const api: Pick<Api, "get" | "post" | "delete" | "getText"> = {
    get: async (url) => ({ data: parsed(await call("GET", url)) }),
    post: async (url, body) => ({ data: parsed(await call("POST", url, body)) }),
    delete: async (url) => void (await call("DELETE", url)),
    getText: (url) => call("GET", url),
  };
  client.api = api as Api;
  return client;
}

async function boundedCall(
  method: string,
  url: string,
  body: unknown,
  timeoutMs: number,
): Promise<string> {
  const signal = AbortSignal.timeout(timeoutMs);
  const sent =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  let answer: CallAnswer;
  try {
    answer = await callDirectly(url, { method, signal, ...sent });
  } catch (error) {
    if (signal.aborted)
      throw new Error(
        `no answer within ${timeoutMs / 1000} s; it may wait on a service that accepts no ` +
          "connection",
        { cause: error },
      );
    const { cause, message } = error as Error;
    throw new Error(cause instanceof Error ? cause.message : message, { cause: error });
  }
  if (answer.status < 200 || answer.status > 299)
    throw new ProxyRefusal(answer.status, answer.text);
  return answer.text;
}

/** Toxiproxy answered with a refusal. */
export class ProxyRefusal extends Error {
  readonly status: number;
  constructor(status: number, body: string) {
    super(`it answered ${status}: ${messageIn(body)}`);
    this.status = status;
  }
}

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { error?: string }).error ?? body;
  } catch {
    return body.trim();
  }
}

function parsed<T>(text: string): T {
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Converts every failure of the proxy into an error that names the attempt. */
export async function attempt<T>(what: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof SeawallError) throw error;
    throw proxyFailed(`could not ${what}: ${(error as Error).message}`, error);
  }
}

export function proxyFailed(what: string, cause?: unknown): SeawallError {
  return new SeawallError("PROXY_FAILED", `Toxiproxy: ${what}`, {
    cause,
    hint: "Look at logs/toxiproxy.log in the run directory.",
  });
}
