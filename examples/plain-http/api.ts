/** A small shop: orders are put and read by id. It does not know Seawall. */
import { createServer } from "node:http";

const [host = "127.0.0.1", port = "8080"] = process.argv.slice(2);
const orders = new Map([["1", "a first order"]]);
/** More orders than an hour of any run creates. */
const ordersMax = 100_000;
const counts = { served: 0, failed: 0 };

const server = createServer((request, response) => {
  const answer = (status: number, body: string): void => {
    counts[status < 500 ? "served" : "failed"]++;
    response.writeHead(status, { "Content-Type": "text/plain" }).end(body);
  };
  const id = /^\/orders\/(\w+)$/.exec(request.url ?? "")?.[1];
  if (request.url === "/health") response.writeHead(200).end("ok");
  else if (request.url === "/metrics") response.writeHead(200).end(metrics());
  else if (id === undefined) answer(404, "no such page\n");
  else if (request.method === "GET")
    answer(orders.has(id) ? 200 : 404, `${orders.get(id) ?? "no such order"}\n`);
  else if (request.method === "PUT" && orders.size < ordersMax)
    void put(id).then(answer.bind(null, 201));
  else answer(request.method === "PUT" ? 507 : 405, "not so\n");

  async function put(name: string): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    orders.set(name, Buffer.concat(parts).toString().slice(0, 1_000));
    return `order ${name}\n`;
  }
});

function metrics(): string {
  return Object.entries(counts)
    .map(([outcome, count]) => `api_requests_total{outcome="${outcome}"} ${count}\n`)
    .join("");
}

server.listen(Number(port), host);
process.on("SIGTERM", () => server.close(() => process.exit(0)).closeIdleConnections());
