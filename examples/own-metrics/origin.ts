/**
 * Makes pages on request, slowly, and counts them, like a packager, a renderer or a database behind
 * a cache. Nothing of it knows Seawall.
 */
import { createServer } from "node:http";

const [host = "127.0.0.1", port = "8080"] = process.argv.slice(2);
const makeMs = 80;
const bounds = [0.1, 0.25, 1, Number.POSITIVE_INFINITY];
const buckets = bounds.map(() => 0);
let made = 0,
  seconds = 0;

const server = createServer(async (request, response) => {
  const page = /^\/page\/(\d+)$/.exec(request.url ?? "")?.[1];
  if (request.url === "/health") response.writeHead(200).end("ok");
  else if (request.url === "/metrics") response.writeHead(200).end(metrics());
  else if (page === undefined) response.writeHead(404).end("no such page\n");
  else {
    const beganMs = performance.now();
    await new Promise((done) => setTimeout(done, makeMs));
    observe((performance.now() - beganMs) / 1_000);
    response.writeHead(200, { "Content-Type": "text/plain" }).end(`page ${page}\n`);
  }
});

function observe(tookSeconds: number): void {
  made++;
  seconds += tookSeconds;
  for (const [index, bound] of bounds.entries())
    if (tookSeconds <= bound) buckets[index] = (buckets[index] ?? 0) + 1;
}

function metrics(): string {
  const name = (bound: number): string => (Number.isFinite(bound) ? String(bound) : "+Inf");
  return [
    `pages_made_total ${made}`,
    ...bounds.map((bound, index) => `page_seconds_bucket{le="${name(bound)}"} ${buckets[index]}`),
    `page_seconds_sum ${seconds}`,
    `page_seconds_count ${made}`,
    "",
  ].join("\n");
}

server.listen(Number(port), host);
process.on("SIGTERM", () => server.close(() => process.exit(0)).closeIdleConnections());
