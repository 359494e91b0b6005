/**
 * An origin: sessions, playlists, manifests and segments. A worker serves, and the next release
 * takes over from it with the door open.
 *
 *   STREAM_KEY=… node origin.ts HOST:PORT MEMCACHED
 */
import cluster, { type Worker } from "node:cluster";
import { createServer, type IncomingMessage } from "node:http";
import { dashManifest, dashSegment, hlsMaster, hlsPlaylist, hlsSegment } from "./media.ts";
import { Memcached } from "./memcached.ts";
import release from "./release.json" with { type: "json" };
import { Sessions } from "./sessions.ts";

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Buffer;
}

const [listen = "127.0.0.1:8081", store = "127.0.0.1:11211"] = process.argv.slice(2);

if (cluster.isPrimary) supervise();
else serve(process.env["RELEASE"] ?? release.version);

/** The next release listens before the one before it drains. */
function supervise(): void {
  let current = started(release.version);
  function started(version: string): Worker {
    const worker = cluster.fork({ RELEASE: version });
    worker.on("message", (next: string) => {
      const taking = started(next);
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

  const server = createServer(async (request, response) => {
    const { status, type, body } = await answer(request).catch((error: unknown): Answer => {
      console.error(error);
      return { status: 503 };
    });
    response.writeHead(status, type === undefined ? {} : { "Content-Type": type }).end(body);
  });
  const { hostname, port } = new URL(`http://${listen}`);
  server.listen(Number(port), hostname);
  process.on("message", () => server.close(() => process.exit(0)));

  async function answer({ method, url, headers }: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(url ?? "/", "http://origin");
    const nowMs = Date.now();
    switch (`${method} ${pathname}`) {
      case "POST /session":
        return json(201, { token: await sessions.open(nowMs) });
      case "GET /auth": {
        const asked = new URL(String(headers["x-original-uri"]), "http://edge").searchParams;
        return { status: (await sessions.isOpen(asked.get("token") ?? "", nowMs)) ? 204 : 401 };
      }
      case "GET /healthz":
        return json(200, { status: "ok", version });
      case "GET /version":
        return { status: 200, body: version };
      case "GET /metrics":
        return { status: 200, type: "text/plain", body: metrics() };
      case "POST /deploy":
        process.send?.(searchParams.get("version") ?? version);
        return { status: 202 };
      case "GET /hls/master.m3u8":
        return { status: 200, type: hlsType, body: hlsMaster() };
      case "GET /dash/manifest.mpd":
        return { status: 200, type: "application/dash+xml", body: dashManifest(nowMs) };
    }
    const playlist = hlsPlaylist(pathname, nowMs);
    if (playlist !== null) return { status: 200, type: hlsType, body: playlist };
    const segment = hlsSegment(pathname, nowMs) ?? dashSegment(pathname, nowMs);
    if (segment === null) return { status: 404 };
    // Packaging is slow, and nothing here remembers what was packaged: the edge must.
    await new Promise((done) => setTimeout(done, release.packageMs));
    packaged[segment.protocol]++;
    return { status: 200, type: segment.type, body: segment.bytes() };
  }

  function metrics(): string {
    return Object.entries(packaged)
      .map(([protocol, count]) => `segments_packaged_total{protocol="${protocol}"} ${count}\n`)
      .join("");
  }
}

const hlsType = "application/vnd.apple.mpegurl";

function json(status: number, value: object): Answer {
  return { status, type: "application/json", body: JSON.stringify(value) };
}
