/**
 * One HTTP request to a port of the target, in the way that its description declares: TLS, base
 * path, Host and headers.
 */
import { readFileSync } from "node:fs";
import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as overHttp,
} from "node:http";
import { Agent as TlsAgent, request as overTls } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, type ConnectionOptions, type SecureContextOptions } from "node:tls";
import { secretNamed } from "../base/redact.ts";
import type { Access, Endpoint, Tls } from "../target/layout.ts";

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without one, a connection of its own. */
  readonly agent: Agent | false;
  readonly signal: AbortSignal;
}

/** Not ended yet: who asks may write a body. */
export function requestTo(
  { host, port, access = {} }: Endpoint,
  { method = "GET", path, headers = {}, agent, signal }: Ask,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest {
  const { tls, basePath = "", hostHeader } = access;
  const plain = {
    host,
    port,
    method,
    path: `${basePath}${path}`,
    headers: {
      ...(hostHeader === undefined ? {} : { Host: hostHeader }),
      ...headers,
      ...headersOf(access),
    },
    signal,
  };
  if (tls === undefined) return overHttp({ ...plain, agent }, onResponse);
  return overTls(
    { ...plain, ...secureOptions(tls, host), agent: tlsAgentFor(agent, tls) },
    onResponse,
  );
}

export interface TextAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** No more than its beginning where it is long. */
  readonly text: string;
}

/** The whole exchange, for a small answer. `body` is JSON. Rejects if the answer breaks off. */
export function askForText(
  endpoint: Endpoint,
  ask: Ask,
  body: string | undefined,
  charsMax: number,
): Promise<TextAnswer> {
  const headers = {
    ...ask.headers,
    ...(body === undefined
      ? {}
      : {
          "content-type": "application/json",
          "content-length": String(Buffer.byteLength(body)),
        }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = requestTo(endpoint, { ...ask, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        if (text.length < charsMax) text += part;
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** A header whose value is a secret is known by the variable that holds it. */
export function headersOf({ headers, secretHeaders = {} }: Access): Record<string, string> {
  return {
    ...headers,
    ...Object.fromEntries(
      Object.entries(secretHeaders).map(([name, variable]) => [name, secretNamed(variable)]),
    ),
  };
}

/** Files are read once. */
const contexts = new Map<string, SecureContextOptions>();

/** The certificate is held to the name, also behind a proxy with another address. */
export function secureOptions(tls: Tls, host: string): SecureContextOptions & ConnectionOptions {
  const key = JSON.stringify(tls);
  const known = contexts.get(key) ?? {
    ...(tls.ca === undefined ? {} : { ca: readFileSync(tls.ca) }),
    ...(tls.cert === undefined ? {} : { cert: readFileSync(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: readFileSync(tls.key) }),
  };
  contexts.set(key, known);
  const name = tls.serverName ?? host;
  return {
    ...known,
    // TLS itself knows no addresses as names (RFC 6066).
    servername: isIP(name) === 0 ? name : "",
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

const agents = new WeakMap<Agent, Map<string, TlsAgent>>();

/** As many connections as the agent of the caller would keep, and for as long. */
function tlsAgentFor(agent: Agent | false, tls: Tls): TlsAgent | false {
  if (agent === false) return false;
  const all = agents.get(agent) ?? new Map<string, TlsAgent>();
  agents.set(agent, all);
  const key = JSON.stringify(tls);
  const known = all.get(key);
  if (known !== undefined) return known;
  const made = new TlsAgent({ keepAlive: true, maxSockets: agent.maxSockets });
  all.set(key, made);
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    made.destroy();
    return destroy();
  };
  return made;
}
