/** The client of k6's REST interface: detects that a paused k6 is ready, and releases it. */
import { request } from "node:http";
import type { Endpoint } from "../target/layout.ts";
import { SeawallError } from "../base/errors.ts";
import { httpGet } from "../system/network.ts";

const callMs = 5_000;

interface Status {
  readonly data?: {
    readonly attributes?: {
      readonly status?: number;
      readonly paused?: boolean;
      readonly running?: boolean;
    };
  };
}

/**
 * Execution states of k6: `InitVUs` is 2, `InitDone` 3, and `PausedBeforeRun` 4
 * (`lib/execution.go`).
 */
const pausedBeforeRun = 4;

export class K6Control {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /** True once all virtual users are initialised and k6 waits to be released. */
  async isPaused(): Promise<boolean> {
    try {
      const { status, body } = await httpGet(this.#endpoint, "/v1/status", { timeoutMs: 1_000 });
      const attributes = (JSON.parse(body) as Status).data?.attributes;
      return (
        status === 200 && attributes?.paused === true && (attributes.status ?? 0) >= pausedBeforeRun
      );
    } catch {
      return false;
    }
  }

  async resume(): Promise<void> {
    const body = JSON.stringify({
      data: { type: "status", id: "default", attributes: { paused: false } },
    });
    const text = await patch(this.#endpoint, "/v1/status", body);
    if ((JSON.parse(text) as Status).data?.attributes?.paused !== false)
      throw new SeawallError("GENERATOR_FAILED", "k6 did not start when it was released");
  }
}

function patch(endpoint: Endpoint, path: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(
        new SeawallError("GENERATOR_FAILED", `k6 cannot be released: ${error.message}`, {
          cause: error,
        }),
      );
    const outgoing = request(
      {
        host: endpoint.host,
        port: endpoint.port,
        path,
        method: "PATCH",
        agent: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        signal: AbortSignal.timeout(callMs),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.once("end", () =>
          response.statusCode === 200
            ? resolve(text)
            : fail(new Error(`status ${response.statusCode}: ${text.slice(0, 200)}`)),
        );
        response.once("error", fail);
      },
    );
    outgoing.once("error", fail);
    outgoing.end(body);
  });
}
