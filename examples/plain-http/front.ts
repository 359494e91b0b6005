/**
 * A load balancer before the shop's servers, round-robin. With `--retries`, a request without an
 * answer goes to the next server. That is safe because orders are put by id.
 */
import { Agent, createServer, request } from "node:http";

const [host = "127.0.0.1", port = "8080", ...others] = process.argv.slice(2);
const tries = others.includes("--retries") ? 2 : 1;
const servers = others.filter((one) => !one.startsWith("--"));
const agent = new Agent({ keepAlive: true });
const timeoutMs = 2_000;
let turn = 0;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

function ask(server: string, method: string, path: string, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `http://${server}${path}`,
      { method, agent, timeout: timeoutMs },
      async (response) => {
        const parts: Buffer[] = [];
        try {
          for await (const part of response) parts.push(part as Buffer);
          resolve({ status: response.statusCode ?? 502, body: Buffer.concat(parts) });
        } catch (error) {
          reject(error as Error);
        }
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer in time")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const server = createServer(async (incoming, response) => {
  if (incoming.url === "/health") return void response.writeHead(200).end("ok");
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const first = turn++;
  for (let tried = 0; tried < tries; tried++) {
    const next = servers[(first + tried) % servers.length] as string;
    const answer = await ask(
      next,
      incoming.method ?? "GET",
      incoming.url ?? "/",
      Buffer.concat(parts),
    ).catch(() => null);
    if (answer !== null) return void response.writeHead(answer.status).end(answer.body);
  }
  response.writeHead(502).end("no server answered\n");
});

server.listen(Number(port), host);
process.on("SIGTERM", () => server.close(() => process.exit(0)).closeIdleConnections());
