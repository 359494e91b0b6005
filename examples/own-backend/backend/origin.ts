/**
 * An origin: sessions, playlists, manifests and segments. A worker serves, and a new release takes
 * over from it without a closed door.
 *
 *   node origin.ts HOST:PORT MEMCACHED
 *
 * `STREAM_KEY` in the environment signs the tokens.
 */
import cluster, { type Worker } from "node:cluster";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { dashManifest, dashSegment, hlsMaster, hlsPlaylist, hlsSegment } from "./media.ts";
import { Memcached } from "./memcached.ts";
import release from "./release.json" with { type: "json" };
import { Sessions } from "./sessions.ts";

const [listen = "127.0.0.1:8081", store = "127.0.0.1:11211"] = process.argv.slice(2);
const { hostname, port } = new URL(`http://${listen}`);

if (cluster.isPrimary) supervise();
else serve(process.env["RELEASE"] ?? release.version);

/** The next release listens before the one before it drains. */
function supervise(): void {
  let current = start(release.version);
  function start(version: string): Worker {
    const worker = cluster.fork({ RELEASE: version });
    worker.on("message", (next: string) => {
      const taking = start(next);
      taking.once("listening", () => {
        current.send("drain");
        current = taking;
      });
    });
    worker.on("exit", () => {
      if (worker === current) process.exit(1);
    });
    return worker;
  }
  process.on("SIGTERM", () => {
    current.once("exit", () => process.exit(0));
    current.send("drain");
  });
}

function serve(version: string): void {
  const sessions = new Sessions(new Memcached(store), process.env["STREAM_KEY"] ?? "");
  const packaged = { hls: 0, dash: 0 };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(503).end();
    });
  });
  server.listen(Number(port), hostname);
  process.on("message", () => server.close(() => process.exit(0)));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://origin");
    const nowMs = Date.now();
    const text = (body: string | null): unknown =>
      body === null ? response.writeHead(404).end() : response.end(body);
    switch (`${request.method} ${pathname}`) {
      case "POST /session":
        return response
          .writeHead(201, { "Content-Type": "application/json" })
          .end(JSON.stringify({ token: await sessions.open(nowMs) }));
      case "GET /auth": {
        const asked = new URL(String(request.headers["x-original-uri"]), "http://edge");
        const isOpen = await sessions.isOpen(asked.searchParams.get("token") ?? "", nowMs);
        return response.writeHead(isOpen ? 204 : 401).end();
      }
      case "GET /healthz":
        return text(JSON.stringify({ status: "ok", version }));
      case "GET /version":
        return text(version);
      case "GET /metrics":
        return text(
          Object.entries(packaged)
            .map(([protocol, count]) => `segments_packaged_total{protocol="${protocol}"} ${count}\n`)
            .join(""),
        );
      case "POST /deploy":
        process.send?.(searchParams.get("version") ?? version);
        return response.writeHead(202).end();
      case "GET /hls/master.m3u8":
        return text(hlsMaster());
      case "GET /dash/manifest.mpd":
        return text(dashManifest(nowMs));
    }
    const playlist = /^\/hls\/(\w+)\.m3u8$/.exec(pathname);
    if (playlist?.[1] !== undefined) return text(hlsPlaylist(playlist[1], nowMs));
    const segment = hlsSegment(pathname, nowMs) ?? dashSegment(pathname, nowMs);
    if (segment === null) return response.writeHead(404).end();
    // Packaging is slow, and nothing here remembers what was packaged: the edge must.
    await new Promise((done) => setTimeout(done, release.packageMs));
    packaged[segment.protocol]++;
    response.writeHead(200, { "Content-Type": segment.type }).end(segment.bytes());
  }
}
