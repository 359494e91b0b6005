import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { callDirectly } from "./direct-http.ts";

let server: Server | undefined;
afterEach(() => void server?.close());

async function serving(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, headers).end("seen");
  });
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const signal = AbortSignal.timeout(60_000);

describe("a request of the harness", () => {
  it("follows no redirect", async () => {
    const { url, asked } = await serving(302, { location: "/elsewhere" });
    expect(await callDirectly(`${url}/here`, { method: "GET", signal })).toMatchObject({
      status: 302,
      text: "seen",
    });
    expect(asked).toEqual(["GET /here"]);
  });

  it("uses no proxy, whatever the environment", async () => {
    const { url, asked } = await serving(200);
    // Node reads these at its start, so this needs its own process. Nothing listens on the proxy's
    // port.
    const env = {
      ...process.env,
      NODE_USE_ENV_PROXY: "1",
      HTTP_PROXY: "http://127.0.0.1:9",
      HTTPS_PROXY: "http://127.0.0.1:9",
      NO_PROXY: "",
    };
    const files = ["direct-http.ts", "network.ts"].map((name) =>
      JSON.stringify(join(import.meta.dirname, name)),
    );
    const script = `
      import http from "node:http";
      const { callDirectly, useNoProxy } = await import(${files[0]});
      const { httpGet } = await import(${files[1]});
      const { hostname: host, port } = new URL("${url}");
      const signal = AbortSignal.timeout(20_000);
      const said = [(await callDirectly("${url}/a", { method: "GET", signal })).status];
      said.push((await httpGet({ host, port: Number(port) }, "/b", { timeoutMs: 20_000 })).status);
      useNoProxy();
      said.push(await new Promise((resolve) => {
        const call = http.get("${url}/c", (answer) => resolve(answer.resume().statusCode));
        call.on("error", (error) => resolve(error.message));
      }));
      console.log(said.join(" "));
      process.exit(0);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script],
      { env },
    );
    expect(stdout.trim()).toBe("200 200 200");
    expect(asked).toEqual(["GET /a", "GET /b", "GET /c"]);
  }, 60_000);
});
