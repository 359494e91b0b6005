/**
 * Writes a run as it happens. Events are lines of JSON, each on disk before the harness goes on. Samples are compressed text,
 * flushed every second, so that a killed harness loses at most that:
 *
 *     #3 {"metric":"segment_ms","kind":"duration","tags":{"lane":"live","outcome":"served"}}
 *     3,1795273445123456,12.5        series, epoch µs, value
 */
import { closeSync, createWriteStream, fdatasyncSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import type { Clock, DistributiveOmit, EventSink, SampleSink } from "../core/ports.ts";
import type { Plan, RunEvent, Series } from "../core/run.ts";
import { storageError, writeWhole } from "../system/files.ts";
import { files } from "./run-directory.ts";

const blockBytes = 64 * 1024;
const flushEveryMs = 1_000;

export class Recorder implements SampleSink, EventSink, AsyncDisposable {
  readonly events: RunEvent[] = [];
  /** Aborted with the reason when the record can no longer be written. */
  readonly failed: AbortSignal;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #synced: boolean;
  readonly #failure = new AbortController();
  readonly #eventsFile: number;
  // With a checksum, so that a changed byte is found when the record is read.
  readonly #compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 } });
  readonly #written: Promise<void>;
  readonly #ids = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #block = "";
  #closed = false;
  #listeners: ((event: RunEvent) => void)[] = [];

  /** `synced`: whether each event is on disk before the harness goes on; what a seed brings back need not be. */
  constructor(directory: string, plan: Plan, clock: Clock, synced = true) {
    this.#directory = directory;
    this.#synced = synced;
    this.#clock = clock;
    this.failed = this.#failure.signal;
    writeWhole(join(directory, files.plan), `${JSON.stringify(plan, null, 2)}\n`);
    this.#eventsFile = openToAppend(join(directory, files.events));
    const file = this.#compress.pipe(createWriteStream(join(directory, files.samples)));
    const fail = (error: unknown): void => this.#failure.abort(storageError(join(directory, files.samples), error));
    file.on("error", fail);
    this.#compress.on("error", fail);
    this.#written = finished(file).catch(fail);
    this.#timer = setInterval(() => this.#flush(), flushEveryMs);
  }

  onEvent(listener: (event: RunEvent) => void): void {
    this.#listeners.push(listener);
  }

  event(event: DistributiveOmit<RunEvent, "atMs"> & { readonly atMs?: number }): void {
    const stamped = { ...event, atMs: event.atMs ?? this.#clock.nowMs() } as RunEvent;
    this.events.push(stamped);
    for (const listener of this.#listeners) listener(stamped);
    if (this.#closed) return;
    try {
      writeFileSync(this.#eventsFile, `${JSON.stringify(stamped)}\n`);
      if (this.#synced) fdatasyncSync(this.#eventsFile);
    } catch (error) {
      this.#failure.abort(storageError(join(this.#directory, files.events), error));
    }
  }

  series(series: Series): number {
    const tags = Object.fromEntries(Object.entries(series.tags).sort(([a], [b]) => (a < b ? -1 : 1)));
    const key = JSON.stringify({ metric: series.metric, kind: series.kind, tags });
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    this.#append(`#${id} ${key}\n`);
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    const atUs = Math.round(atMs * 1000);
    if (!Number.isFinite(value) || !Number.isSafeInteger(atUs) || atUs < 0) return;
    this.#append(`${seriesId},${atUs},${value}\n`);
  }

  #append(line: string): void {
    // Nobody will write what comes after a failure, so it is not kept either.
    if (this.#closed || this.#failure.signal.aborted) return;
    this.#block += line;
    if (this.#block.length >= blockBytes) this.#push();
  }

  #push(): void {
    if (this.#block === "" || this.#failure.signal.aborted) return;
    this.#compress.write(this.#block);
    this.#block = "";
  }

  #flush(): void {
    this.#push();
    if (!this.#failure.signal.aborted) this.#compress.flush(constants.ZSTD_e_flush);
  }

  /** Everything is on disk when this resolves. Later events and samples are not written. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#push();
    this.#closed = true;
    clearInterval(this.#timer);
    closeSync(this.#eventsFile);
    this.#compress.end();
    await this.#written;
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, "a");
  } catch (error) {
    throw storageError(path, error);
  }
}
