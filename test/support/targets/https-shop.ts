/**
 * A shop behind https on 127.0.0.1 or ::1, with a private authority and a base path. Its clients
 * need a certificate, a header, a token and a session.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { constants, createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HttpsShop extends AsyncDisposable {
  /** With ca.pem, client.pem and client-key.pem. */
  readonly pem: string;
  readonly url: string;
  /** How often each status was answered. */
  readonly answered: ReadonlyMap<number, number>;
  /** The Host headers and sessions that were seen. */
  readonly hosts: ReadonlySet<string>;
  readonly sessions: ReadonlySet<string>;
  /** How many requests came in each version of HTTP. */
  readonly versions: ReadonlyMap<string, number>;
  /** The user agents that were seen. */
  readonly agents: ReadonlySet<string>;
}

export interface ShopOptions {
  /** HTTP/1.1 alone by default. */
  readonly speaks?: "http/1.1" | "h2" | "both";
  /** Whether its certificate has expired. */
  readonly isExpired?: boolean;
  /** Any by default. */
  readonly port?: number;
  /** Whether it refuses to open sessions. */
  readonly refusesSessions?: boolean;
}

/** `host`: of the address; a certificate for it and for localhost. */
export async function startHttpsShop(
  host: string,
  authorization: string,
  {
    speaks = "http/1.1",
    isExpired = false,
    refusesSessions = false,
    port: wanted = 0,
  }: ShopOptions = {},
): Promise<HttpsShop> {
  const pem = mkdtempSync(join(tmpdir(), "seawall-pem-"));
  makeCertificates(pem, isExpired ? -1 : 2);
  const answered = new Map<number, number>();
  const hosts = new Set<string>();
  const sessions = new Set<string>();
  const agents = new Set<string>();
  let orders = 0;
  const read = (name: string): Buffer => readFileSync(join(pem, name));
  const versions = new Map<string, number>();
  const own = {
    key: read("server-key.pem"),
    cert: read("server.pem"),
    ca: read("ca.pem"),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const { host: asked = request.headers[":authority"] } = request.headers;
    hosts.add(String(asked));
    versions.set(request.httpVersion, (versions.get(request.httpVersion) ?? 0) + 1);
    agents.add(request.headers["user-agent"] ?? "");
    const answer = (status: number, body: string): void => {
      answered.set(status, (answered.get(status) ?? 0) + 1);
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(body);
    };
    const path = request.url ?? "";
    if (!path.startsWith("/api/v2/")) return answer(404, "{}");
    if (request.headers["x-environment"] !== "staging") return answer(400, "{}");
    if (request.headers.authorization !== authorization) return answer(403, "{}");
    switch (`${request.method} ${path.slice("/api/v2".length)}`) {
      case "GET /health":
        return answer(200, "{}");
      case "GET /metrics":
        return answer(200, `shop_orders_total ${orders}\n`);
      case "POST /session": {
        if (refusesSessions) return answer(403, '{"error":"no more customers"}');
        const token = `session-of-a-customer-${sessions.size + 1}`;
        sessions.add(token);
        return answer(201, JSON.stringify({ token }));
      }
      case "GET /orders/1":
        if (!sessions.has(String(request.headers["x-session"]))) return answer(401, "{}");
        orders++;
        return answer(200, '{"order":1}');
      case "GET /reset":
        return reset(response, false);
      case "GET /torn":
        return reset(response, true);
      case "GET /never":
        return;
      default:
        return answer(404, "{}");
    }
  };
  const connections = new Set<Socket>();
  const server =
    speaks === "http/1.1"
      ? createServer(own, serve)
      : createSecureServer({ ...own, allowHTTP1: speaks === "both" }, (request, response) =>
          // Node's own form of HTTP/1.1 for HTTP/2.
          serve(request as unknown as IncomingMessage, response as unknown as ServerResponse),
        );
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  await new Promise<void>((done) => server.listen(wanted, host, done));
  const { port } = server.address() as AddressInfo;
  return {
    pem,
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}/api/v2`,
    answered,
    hosts,
    sessions,
    versions,
    agents,
    [Symbol.asyncDispose]: async () => {
      for (const socket of connections) socket.destroy();
      await new Promise((done) => server.close(done));
      rmSync(pem, { recursive: true, force: true });
    },
  };
}

/** Over HTTP/2, the stream alone; before the answer, or in the middle of it. */
function reset(
  response: ServerResponse & { readonly stream?: ServerHttp2Stream },
  inTheMiddle: boolean,
): void {
  if (inTheMiddle) {
    response.writeHead(200);
    response.write("half of ");
  }
  const end = (): void => {
    if (response.stream === undefined) response.socket?.destroy();
    else response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  };
  if (inTheMiddle) setTimeout(end, 20);
  else end();
}

/** `days`: how long the server's is valid. */
function makeCertificates(folder: string, days: number): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", [...args], { cwd: folder, stdio: "ignore" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    ...["req", "-x509", ...key, "-days", "2", "-subj", "/CN=shop authority"],
    ...["-keyout", "ca-key.pem", "-out", "ca.pem"],
  );
  for (const [name, extension, valid] of [
    ["server", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1", days],
    ["client", "extendedKeyUsage=clientAuth", 2],
  ] as const) {
    openssl(
      ...["req", ...key, "-subj", `/CN=${name}`],
      ...["-keyout", `${name}-key.pem`, "-out", `${name}.csr`],
    );
    writeFileSync(join(folder, `${name}.ext`), `${extension}\n`);
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca-key.pem"],
      ...[
        "-CAcreateserial",
        "-days",
        String(valid),
        "-extfile",
        `${name}.ext`,
        "-out",
        `${name}.pem`,
      ],
    );
  }
}
