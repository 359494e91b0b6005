/**
 * Serves the player's page and dash.js on a loopback port of its own, because a page from disk may
 * not send requests to an edge.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const own = join(import.meta.dirname, "page");
const files: Readonly<Record<string, { readonly path: string; readonly type: string }>> = {
  "/player.html": { path: join(own, "player.html"), type: "text/html; charset=utf-8" },
  "/player.js": { path: join(own, "player.js"), type: "text/javascript; charset=utf-8" },
  "/dash.js": {
    path: createRequire(import.meta.url).resolve("dashjs"),
    type: "text/javascript; charset=utf-8",
  },
};

export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

export async function servePlayerPage(): Promise<PageServer> {
  const server = createServer((request, response) => {
    const file = files[request.url ?? ""];
    if (file === undefined) return void response.writeHead(404).end();
    readFile(file.path).then(
      (body) =>
        response
          .writeHead(200, { "content-type": file.type, "cache-control": "no-store" })
          .end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/player.html`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
