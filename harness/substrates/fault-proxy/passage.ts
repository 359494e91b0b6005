/**
 * One link: an HTTP/1 server before, and one connection to the service for each of a client. A
 * request that no rule strikes passes with its headers as they are.
 */
import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as ask,
  type Server,
  type ServerResponse,
} from "node:http";
import { readFileSync } from "node:fs";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { secureOptions } from "../../system/http-request.ts";
import { textBytesMax } from "../../target/bad-answer.ts";
import { type Act, actOf } from "./acts.ts";
import { breakOff, isCarriedBy, without } from "./exchange.ts";
import { lookHeaderName } from "./look.ts";
import { askedIn, type Rule, type Rules } from "./rules.ts";
import type { ProxiedHttp } from "./settings.ts";
import type { Tls } from "../../target/layout.ts";

const headerBytesMax = 64 * 1024;

/** One connection of a client, with its own one to the service. */
class Client {
  readonly agent: Agent;
  readonly #socket: Socket;
  #busy = 0;
  #isOver = false;

  constructor(socket: Socket, link: ProxiedHttp) {
    this.#socket = socket;
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // Where the service closes an idle connection, its client must see that.
    this.agent.createConnection = (): Socket =>
      dial(link).once("close", () => {
        this.#isOver = true;
        if (this.#busy === 0) socket.end();
      });
    socket.once("close", () => this.agent.destroy());
  }

  begin(response: ServerResponse): void {
    this.#busy += 1;
    response.once("close", () => {
      this.#busy -= 1;
      if (this.#isOver && this.#busy === 0) this.#socket.end();
    });
  }
}

export class Passage {
  readonly #link: ProxiedHttp;
  readonly #rules: Rules;
  readonly #clients = new WeakMap<Duplex, Client>();
  readonly #open = new Set<Socket>();
  #server: Server | TlsServer | null = null;
  #isExpired = false;

  constructor(link: ProxiedHttp, rules: Rules) {
    this.#link = link;
    this.#rules = rules;
    if (link.tls !== undefined) rules.onChange(() => this.#present());
  }

  /** Listens, or refuses new connections and closes existing ones. */
  async accept(accepting: boolean): Promise<void> {
    if (accepting === (this.#server !== null)) return;
    if (accepting) return this.#listen();
    const server = this.#server;
    this.#server = null;
    const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #listen(): Promise<void> {
    const { listen, tls } = this.#link;
    const options = {
      noDelay: true,
      keepAliveTimeout: 0,
      requestTimeout: 0,
      maxHeaderSize: headerBytesMax,
    };
    const pass = (request: IncomingMessage, response: ServerResponse): void =>
      this.#pass(request, response);
    const server =
      tls === undefined
        ? createServer(options, pass)
        : createTlsServer({ ...options, ...standInOf(tls.of, false) }, pass);
    server.headersTimeout = 0;
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
      if (tls === undefined) this.#clients.set(socket, new Client(socket, this.#link));
    });
    const carriers = new Map<number, Socket>();
    if (tls !== undefined) {
      server.on("connection", (socket: Socket) => {
        const { remotePort = 0 } = socket;
        carriers.set(remotePort, socket);
        this.#expiring()?.shakesHands();
        socket.once("close", () => carriers.delete(remotePort));
      });
      server.on("secureConnection", (socket: Socket) => {
        isCarriedBy(socket, carriers.get(socket.remotePort ?? 0) ?? socket);
        this.#clients.set(socket, new Client(socket, this.#link));
      });
    }
    server.on("clientError", (_error, socket) => socket.destroy());
    server.on("upgrade", (request, socket, head) => this.#tunnel(request, socket, head));
    this.#server = server;
    const { host, port } = listen;
    return new Promise((resolve, reject) => {
      server.once("error", reject).listen({ host, port, exclusive: true }, resolve);
    });
  }

  #expiring(): Rule | undefined {
    return this.#rules.on(this.#link.name).find(({ does }) => does.is === "expiredCertificate");
  }

  /** Open connections have seen another certificate; their clients must connect again. */
  #present(): void {
    const isExpired = this.#expiring() !== undefined;
    if (isExpired === this.#isExpired || this.#link.tls === undefined) return;
    this.#isExpired = isExpired;
    (this.#server as TlsServer | null)?.setSecureContext(standInOf(this.#link.tls.of, isExpired));
    for (const socket of this.#open) socket.destroy();
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    response.sendDate = false;
    const rules = this.#rules.on(this.#link.name);
    const rule = rules.length === 0 ? undefined : struckBy(rules, request);
    const act = rule === undefined ? null : actOf(rule.does);
    if (rule !== undefined && act?.instead !== undefined) {
      act.instead(rule, response);
      return;
    }
    this.#forward(request, response, rules, rule, act);
  }

  #forward(
    request: IncomingMessage,
    response: ServerResponse,
    rules: readonly Rule[],
    rule: Rule | undefined,
    act: Act | null,
  ): void {
    const client = this.#clients.get(request.socket);
    if (client === undefined) return void request.socket.destroy();
    client.begin(response);
    const { host, port } = this.#link.upstream;
    const learners = rules.filter((one) => one.learns);
    const unread = act?.readsText === true || learners.length > 0 ? ["accept-encoding"] : [];
    const outgoing = ask({
      host,
      port,
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: without(request.rawHeaders, [lookHeaderName, ...unread]),
      setHost: false,
      agent: client.agent,
    });
    outgoing.once("response", (answer) => {
      answer.once("error", (error: NodeJS.ErrnoException) => breakOff(response, error.code));
      if (learners.length > 0) overhear(answer, (text) => learn(learners, request, text));
      if (rule === undefined || act === null) return send(answer, response);
      act.answer?.(rule, { request, answer, response });
    });
    outgoing.once("error", (error: NodeJS.ErrnoException) => breakOff(response, error.code));
    response.once("close", () => {
      if (!response.writableFinished) outgoing.destroy();
    });
    sendBody(request, outgoing);
  }

  /** Other protocols pass as bytes; no rule strikes them. */
  #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const upstream = dial(this.#link);
    const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
    for (let at = 0; at < request.rawHeaders.length; at += 2)
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const)
      one.once("error", () => other.destroy()).once("close", () => other.destroy());
  }
}

/** A connection to the service, over the link's Toxiproxy. */
function dial({ upstream: { host, port }, tls }: ProxiedHttp): Socket {
  if (tls === undefined) return connect({ host, port, noDelay: true });
  const socket = connectTls({ host, port, ...secureOptions(tls.of, tls.host) });
  socket.setNoDelay();
  return socket;
}

function standInOf(
  { standIn }: Tls,
  isExpired: boolean,
): { readonly cert: Buffer; readonly key: Buffer } {
  const files = isExpired ? standIn?.expired : standIn;
  if (files === undefined) throw new Error("an https link needs a certificate for its proxy");
  return { cert: readFileSync(files.cert), key: readFileSync(files.key) };
}

/** Each rule counts each request; the first that strikes it is carried out. */
function struckBy(rules: readonly Rule[], request: IncomingMessage): Rule | undefined {
  return rules.filter((rule) => rule.strikes(request))[0];
}

function send(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
  let hasBegun = false;
  answer.once("data", () => {
    hasBegun = true;
  });
  answer.pipe(response);
  // Headers travel with the first bytes of the body, but do not wait for a late one.
  setImmediate(() => {
    if (!hasBegun && !response.writableEnded && !response.destroyed) response.flushHeaders();
  });
}

function sendBody(request: IncomingMessage, outgoing: ClientRequest): void {
  const { headers } = request;
  const hasBody =
    headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
  if (hasBody) request.pipe(outgoing);
  else outgoing.end();
}

function learn(learners: readonly Rule[], request: IncomingMessage, text: string): void {
  for (const rule of learners) rule.learn(askedIn(request), text);
}

/** Hands over the text of an answer that is one; other readers of it get it, too. */
function overhear(answer: IncomingMessage, heard: (text: string) => void): void {
  const type = answer.headers["content-type"] ?? "";
  if (answer.statusCode !== 200 || !/text|mpegurl|xml|json/i.test(type)) return;
  const parts: Buffer[] = [];
  let bytes = 0;
  answer.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes <= textBytesMax) parts.push(part);
  });
  answer.once("end", () => {
    if (bytes <= textBytesMax) heard(Buffer.concat(parts).toString("utf8"));
  });
}
