/**
 * The harness's own requests, which go directly to the named host. Node's `fetch` and its global
 * agents use a proxy if NODE_USE_ENV_PROXY is set, and `fetch` follows redirects; these requests do
 * neither.
 */
import http from "node:http";
import https from "node:https";

export interface Call {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const answerBytesMax = 16 * 1024 * 1024;

/** Whether it is an address that can be called. */
export function isCallable(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/** Rejects if the connection fails, the answer breaks off, or the signal aborts. */
export function callDirectly(
  url: string,
  { method, headers = {}, body, signal }: Call,
): Promise<CallAnswer> {
  const { request } = new URL(url).protocol === "https:" ? https : http;
  const length: Record<string, string> =
    body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method, headers: { ...headers, ...length }, agent: false, signal },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on("data", (part: Buffer) => {
          bytes += part.length;
          if (bytes > answerBytesMax)
            response.destroy(new Error(`more than ${answerBytesMax} bytes`));
          else parts.push(part);
        });
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(parts).toString("utf8"),
          }),
        );
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Makes all requests without an agent, including those of libraries, bypass the proxy. */
export function useNoProxy(): void {
  http.globalAgent = new http.Agent({ keepAlive: true, timeout: 5_000 });
  https.globalAgent = new https.Agent({ keepAlive: true, timeout: 5_000 });
}
