/**
 * A shop behind https on 127.0.0.1 or ::1, with a private authority and a base path. Its clients
 * need a certificate, a header, a token and a session.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
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
}

/** `host`: of the address; a certificate for it and for localhost. */
export async function startHttpsShop(host: string, authorization: string): Promise<HttpsShop> {
  const pem = mkdtempSync(join(tmpdir(), "seawall-pem-"));
  makeCertificates(pem);
  const answered = new Map<number, number>();
  const hosts = new Set<string>();
  const sessions = new Set<string>();
  let orders = 0;
  const read = (name: string): Buffer => readFileSync(join(pem, name));
  const server = createServer(
    {
      key: read("server-key.pem"),
      cert: read("server.pem"),
      ca: read("ca.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      hosts.add(request.headers.host ?? "");
      const answer = (status: number, body: string): void => {
        answered.set(status, (answered.get(status) ?? 0) + 1);
        response.writeHead(status, { "Content-Type": "application/json" }).end(body);
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
          const token = `session-of-a-customer-${sessions.size + 1}`;
          sessions.add(token);
          return answer(201, JSON.stringify({ token }));
        }
        case "GET /orders/1":
          if (!sessions.has(String(request.headers["x-session"]))) return answer(401, "{}");
          orders++;
          return answer(200, '{"order":1}');
        default:
          return answer(404, "{}");
      }
    },
  );
  await new Promise<void>((done) => server.listen(0, host, done));
  const { port } = server.address() as AddressInfo;
  return {
    pem,
    url: `https://${host.includes(":") ? `[${host}]` : host}:${port}/api/v2`,
    answered,
    hosts,
    sessions,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(pem, { recursive: true, force: true });
    },
  };
}

function makeCertificates(folder: string): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", [...args], { cwd: folder, stdio: "ignore" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    ...["req", "-x509", ...key, "-days", "2", "-subj", "/CN=shop authority"],
    ...["-keyout", "ca-key.pem", "-out", "ca.pem"],
  );
  for (const [name, extension] of [
    ["server", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"],
    ["client", "extendedKeyUsage=clientAuth"],
  ] as const) {
    openssl(
      ...["req", ...key, "-subj", `/CN=${name}`],
      ...["-keyout", `${name}-key.pem`, "-out", `${name}.csr`],
    );
    writeFileSync(join(folder, `${name}.ext`), `${extension}\n`);
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca-key.pem"],
      ...["-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
    );
  }
}
