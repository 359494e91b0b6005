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

  /** Calls the script's `setup`, for as long as its own `setupTimeout` lets it. */
  async setUp(signal: AbortSignal): Promise<void> {
    await this.#send("POST", "/v1/setup", "", "its setup failed", signal);
  }

  async resume(): Promise<void> {
    const body = JSON.stringify({
      data: { type: "status", id: "default", attributes: { paused: false } },
    });
    const text = await this.#send(
      "PATCH",
      "/v1/status",
      body,
      "k6 cannot be released",
      AbortSignal.timeout(callMs),
    );
    if ((JSON.parse(text) as Status).data?.attributes?.paused !== false)
      throw new SeawallError("GENERATOR_FAILED", "k6 did not start when it was released");
  }

  #send(
    method: string,
    path: string,
    body: string,
    otherwise: string,
    signal: AbortSignal,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(
          new SeawallError("GENERATOR_FAILED", `${otherwise}: ${error.message}`, { cause: error }),
        );
      const outgoing = request(
        {
          host: this.#endpoint.host,
          port: this.#endpoint.port,
          path,
          method,
          agent: false,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
          },
          signal,
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
}
