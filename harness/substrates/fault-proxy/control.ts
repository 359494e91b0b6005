/** The proxy's control port: rules are added, counted and removed, and links cut and restored. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { AnswerRule } from "../../target/bad-answer.ts";
import type { Passage } from "./passage.ts";
import type { Rules } from "./rules.ts";
import type { FaultProxySettings } from "./settings.ts";

type Reply = { readonly status: number; readonly body?: object };

export async function serveControl(
  { control, token }: FaultProxySettings,
  rules: Rules,
  passages: ReadonlyMap<string, Passage>,
): Promise<void> {
  const server = createServer((request, response) => {
    void answer(request).then(
      (reply) => say(response, reply),
      (error: Error) => say(response, { status: 400, body: { error: error.message } }),
    );
  });

  async function answer(request: IncomingMessage): Promise<Reply> {
    const { pathname } = new URL(request.url ?? "/", "http://proxy");
    if (pathname === "/ready") return { status: 200 };
    if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
    const [, what = "", named = ""] = pathname.split("/");
    const name = decodeURIComponent(named);
    const ask = `${request.method} ${what}`;
    if (ask === "PUT rules") return add(name, await text(request));
    if (ask === "GET rules") {
      const counted = rules.counted(name);
      return counted === null ? { status: 404 } : { status: 200, body: counted };
    }
    if (ask === "DELETE rules") {
      rules.remove(name);
      return { status: 204 };
    }
    const passage = passages.get(name);
    if (what !== "links" || passage === undefined) return { status: 404 };
    await passage.accept(request.method === "PUT");
    return { status: 204 };
  }

  function add(id: string, body: string): Reply {
    const { link, rule } = JSON.parse(body) as { link: string; rule: AnswerRule };
    if (!passages.has(link)) throw new Error(`unknown link ${link}`);
    rules.add(id, link, rule);
    return { status: 204 };
  }

  const { host, port } = control;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen({ host, port, exclusive: true }, resolve);
  });
}

function say(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
