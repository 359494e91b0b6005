/**
 * One HTTP request to a port of the target, in the way that its description declares: TLS, version
 * of HTTP, base path, Host and headers.
 */
import { readFileSync } from "node:fs";
import { type Agent, type IncomingHttpHeaders, request as overHttp } from "node:http";
import { Agent as TlsAgent, request as overTls } from "node:https";
import { isIP } from "node:net";
import { checkServerIdentity, type ConnectionOptions, type SecureContextOptions } from "node:tls";
import { secretNamed } from "../base/redact.ts";
import { type Access, type Endpoint, hostOf, type Tls } from "../target/layout.ts";
import { agreed, keptBy, protocols, requestOn, type Spoken } from "./http-2.ts";
import type { Incoming } from "./incoming.ts";
import { explained, otherVersion } from "./request-failure.ts";

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Without one, a connection of its own. */
  readonly agent: Agent | false;
  readonly signal: AbortSignal;
  /** Without the header Connection, which Node adds and users' programs do not. */
  readonly asUsers?: boolean;
}

/** Exactly one of `onResponse` and `onError` is called. */
export function requestTo(
  endpoint: Endpoint,
  ask: Ask,
  onResponse: (response: Incoming) => void,
  onError: (error: Error) => void,
): void {
  const { host, port, access = {} } = endpoint;
  const { tls, basePath = "", hostHeader } = access;
  const { method = "GET", agent, signal, body, headers = {} } = ask;
  const failed = (error: Error): void => onError(explained(error));
  const path = `${basePath}${ask.path}`;
  const all = {
    ...(hostHeader === undefined ? {} : { Host: hostHeader }),
    ...headers,
    ...headersOf(access),
  };
  const plain = { host, port, method, path, headers: all, signal };
  const over11 = (request: typeof overHttp, options: object): void => {
    const outgoing = request({ ...plain, ...options }, (response) =>
      onResponse({ status: response.statusCode ?? 0, headers: response.headers, body: response }),
    );
    if (ask.asUsers === true) outgoing.removeHeader("Connection");
    outgoing.once("error", failed);
    outgoing.end(body);
  };
  if (tls === undefined) return over11(overHttp, { agent });
  const secure = secureOptions(tls, host);
  const pooled = (): void => over11(overTls, { ...secure, agent: tlsAgentFor(agent, tls) });
  if (access.http === 1.1) return pooled();
  const make = (): Promise<Spoken> =>
    agreed({ ...secure, host, port }, protocolsOf(access), signal);
  const key = `${host}:${port} ${JSON.stringify(tls)} ${access.http}`;
  (agent === false ? make() : keptBy(agent, key, make)).then((spoken) => {
    if (spoken.session === null && access.http === 2) {
      spoken.socket.destroy();
      failed(new Error(otherVersion));
    } else if (spoken.session === null) {
      if (agent === false) return over11(overTls, { createConnection: () => spoken.socket });
      // The agent keeps connections of its own from here on.
      spoken.socket.destroy();
      pooled();
    } else {
      const { session } = spoken;
      const sent = { method, path, headers: { Host: hostOf(endpoint), ...all }, body, signal };
      const done = (): void => (agent === false ? session.close() : undefined);
      requestOn(
        session,
        sent,
        (response) => {
          response.body.once("close", done);
          onResponse(response);
        },
        (error) => {
          done();
          failed(error);
        },
      );
    }
  }, failed);
}

/** Offered in the handshake. k6 offers both, too. */
function protocolsOf({ http }: Access): readonly string[] {
  return http === undefined ? [protocols[2], protocols[1.1]] : [protocols[2]];
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
  ask: Omit<Ask, "body">,
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
    requestTo(
      endpoint,
      { ...ask, headers, body },
      (response) => {
        let text = "";
        response.body.setEncoding("utf8").on("data", (part: string) => {
          if (text.length < charsMax) text += part;
        });
        response.body.once("error", reject);
        response.body.once("end", () =>
          resolve({ status: response.status, headers: response.headers, text }),
        );
      },
      reject,
    );
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
function secureOptions(tls: Tls, host: string): SecureContextOptions & ConnectionOptions {
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
