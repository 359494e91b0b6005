/**
 * One HTTP request to a port of the target, in the way that its description declares: TLS, version
 * of HTTP, base path, Host and headers.
 */
import { readFileSync } from "node:fs";
import { type Agent, type IncomingHttpHeaders, request as overHttp } from "node:http";
import type { ClientHttp2Session } from "node:http2";
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
  const { tls, http } = endpoint.access ?? {};
  const to: Exchange = {
    endpoint,
    ask,
    onResponse,
    onError: (error) => onError(explained(error)),
  };
  if (tls === undefined) overHttp11(to, overHttp, { agent: ask.agent });
  else if (http === 1.1) overPool(to, tls);
  else overEither(to, tls);
}

interface Exchange {
  readonly endpoint: Endpoint;
  readonly ask: Ask;
  readonly onResponse: (response: Incoming) => void;
  readonly onError: (error: Error) => void;
}

/** What the description of the target adds to a request. */
function sentTo({ endpoint: { access = {} }, ask }: Exchange) {
  const { basePath = "", hostHeader } = access;
  const { method = "GET", path, headers = {}, signal } = ask;
  const host = hostHeader === undefined ? {} : { Host: hostHeader };
  return {
    method,
    path: `${basePath}${path}`,
    headers: { ...host, ...headers, ...headersOf(access) },
    signal,
  };
}

function overHttp11(to: Exchange, request: typeof overHttp, options: object): void {
  const { endpoint, ask, onResponse, onError } = to;
  const { host, port } = endpoint;
  const outgoing = request({ host, port, ...sentTo(to), ...options }, (response) =>
    onResponse({ status: response.statusCode ?? 0, headers: response.headers, body: response }),
  );
  if (ask.asUsers === true) outgoing.removeHeader("Connection");
  outgoing.once("error", onError);
  outgoing.end(ask.body);
}

function overPool(to: Exchange, tls: Tls): void {
  const { endpoint, ask } = to;
  const agent = tlsAgentFor(ask.agent, tls);
  overHttp11(to, overTls, { ...secureOptions(tls, endpoint.host), agent });
}

/** The handshake tells which version the server speaks. */
function overEither(to: Exchange, tls: Tls): void {
  const { endpoint, ask, onError } = to;
  const { host, port, access = {} } = endpoint;
  const { agent, signal } = ask;
  const make = (): Promise<Spoken> =>
    agreed({ ...secureOptions(tls, host), host, port }, protocolsOf(access), signal);
  const key = `${host}:${port} ${JSON.stringify(tls)} ${access.http}`;
  (agent === false ? make() : keptBy(agent, key, make)).then((spoken) => {
    if (spoken.session !== null) overHttp2(to, spoken.session);
    else if (access.http === 2) {
      spoken.socket.destroy();
      onError(new Error(otherVersion));
    } else if (agent === false) overHttp11(to, overTls, { createConnection: () => spoken.socket });
    else {
      // The agent keeps connections of its own from here on.
      spoken.socket.destroy();
      overPool(to, tls);
    }
  }, onError);
}

/** A session that no agent keeps ends with its request. */
function overHttp2(to: Exchange, session: ClientHttp2Session): void {
  const { endpoint, ask, onResponse, onError } = to;
  const { headers, ...sent } = sentTo(to);
  const done = (): void => {
    if (ask.agent === false) session.close();
  };
  requestOn(
    session,
    { ...sent, headers: { Host: hostOf(endpoint), ...headers }, body: ask.body },
    (response) => {
      response.body.once("close", done);
      onResponse(response);
    },
    (error) => {
      done();
      onError(error);
    },
  );
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
