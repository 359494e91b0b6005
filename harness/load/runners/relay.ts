/**
 * A runner's own process: it runs the generator for its part, keeps the samples in a spool, and
 * answers the conductor. It ends itself if no request arrives for a while.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadEnd, LoadGenerator, LoadRequest, RunningLoad } from "../generator.ts";
import type { Job, RunnerState } from "./job.ts";
import { SpoolWriter } from "./spool.ts";

const frameEveryMs = 200;
const frameCharsMax = 1024 * 1024;
/** At most this many bytes of the spool in one answer. */
export const readBytesMax = 4 * 1024 * 1024;
/** A conductor asks several times a second. */
export const forsakenAfterMs = 30_000;

const noProgress = { requests: 0, good: 0, shed: {}, failed: 0 };

export interface RelayOptions {
  readonly job: Job;
  readonly token: string;
  readonly generator: LoadGenerator;
  readonly signal: AbortSignal;
  readonly forsakenAfterMs?: number;
}

/** Resolves when the conductor has read everything, or has stopped asking. */
export async function relay(options: RelayOptions): Promise<void> {
  const forsaken = new AbortController();
  const signal = AbortSignal.any([options.signal, forsaken.signal]);
  await using runner = new Relay(options, signal);
  await runner.listen();
  const patienceMs = options.forsakenAfterMs ?? forsakenAfterMs;
  while (!signal.aborted && !runner.isReleased) {
    await sleep(100);
    if (performance.now() - runner.askedMs > patienceMs)
      forsaken.abort(new Error(`no request for ${patienceMs / 1000} s`));
  }
}

class Relay implements AsyncDisposable {
  askedMs = performance.now();
  isReleased = false;
  readonly #options: RelayOptions;
  readonly #spool = new SpoolWriter();
  readonly #path: string;
  readonly #file: number;
  readonly #server: Server;
  readonly #timer: NodeJS.Timeout;
  #bytes = 0;
  #load: RunningLoad | null = null;
  #failed: string | null = null;
  #end: LoadEnd | null = null;
  readonly #prepared: Promise<void>;

  constructor(options: RelayOptions, signal: AbortSignal) {
    this.#options = options;
    this.#path = join(options.job.logsDirectory, "spool.txt");
    this.#file = openSync(this.#path, "w+");
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#timer = setInterval(() => this.#flush(), frameEveryMs);
    this.#prepared = this.#prepare(signal);
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options.job.listen;
    this.#server.listen(port, host);
    await once(this.#server, "listening");
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    const { job, generator } = this.#options;
    const { plan, part, runId, entries, otherEntries, hosts, logsDirectory } = job;
    const request: LoadRequest = {
      plan,
      part,
      runId,
      entries,
      otherEntries,
      hosts,
      logsDirectory,
      sink: {
        series: (series) => this.#spool.series(series),
        sample: (id, atMs, value) => {
          this.#spool.sample(id, atMs, value);
          if (this.#spool.pending > frameCharsMax) this.#flush();
        },
      },
      // The conductor's ledger has the relay's process group, of which the generator is no part.
      undo: { record: () => () => {} },
      signal,
    };
    try {
      const load = await generator.prepare(request);
      this.#load = load;
      void load.ended.then((end) => {
        this.#flush();
        this.#end = end;
      });
    } catch (error) {
      this.#failed = (error as Error).message;
    }
  }

  #flush(): void {
    const frame = this.#spool.frame();
    if (frame === null) return;
    const bytes = Buffer.from(frame);
    writeSync(this.#file, bytes, 0, bytes.length, this.#bytes);
    this.#bytes += bytes.length;
  }

  get #state(): RunnerState {
    const { user, system } = process.cpuUsage();
    return {
      nowMs: performance.timeOrigin + performance.now(),
      ready: this.#load !== null,
      failed: this.#failed,
      progress: this.#load?.progress ?? noProgress,
      resources: this.#load?.resources() ?? null,
      relayCpuSeconds: (user + system) / 1e6,
      spoolBytes: this.#bytes,
      samples: this.#spool.samples,
      end: this.#end,
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    if (request.headers.authorization !== `Bearer ${this.#options.token}`)
      return void response.writeHead(403).end();
    this.askedMs = performance.now();
    const url = new URL(request.url ?? "/", "http://relay");
    try {
      switch (`${request.method} ${url.pathname}`) {
        case "GET /state":
          return json(response, this.#state);
        case "GET /spool":
          return void response.end(this.#read(Number(url.searchParams.get("from"))));
        case "POST /begin":
          await this.#begin(Number(url.searchParams.get("atMs")));
          return json(response, this.#state);
        case "POST /stop":
          await this.#load?.stop();
          return json(response, this.#state);
        case "POST /release":
          this.isReleased = true;
          return json(response, this.#state);
        default:
          return void response.writeHead(404).end();
      }
    } catch (error) {
      response.writeHead(500).end((error as Error).message);
    }
  }

  async #begin(atMs: number): Promise<void> {
    if (this.#load === null) throw new Error("its generator is not ready");
    await sleep(Math.max(0, atMs - (performance.timeOrigin + performance.now())));
    await this.#load.begin();
  }

  #read(from: number): Buffer {
    const length = Math.max(0, Math.min(readBytesMax, this.#bytes - from));
    const bytes = Buffer.alloc(length);
    readSync(this.#file, bytes, 0, length, from);
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#prepared;
    await this.#load?.[Symbol.asyncDispose]();
    this.#server.closeAllConnections();
    this.#server.close();
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}
