/**
 * Records a run while it happens. Events are lines of JSON, each on disk before the harness
 * continues. Samples are compressed text, flushed every second, so a killed harness loses at most
 * one second. Links, marks and a seal bind them together (seal.ts):
 *
 *     #! {"run":"20261121T150405Z-1a2b3c4d","plan":"…"}
 *     #3 {"metric":"order_ms","kind":"duration","tags":{"lane":"order","outcome":"placed"}}
 *     3,1795273445123456,12.5        series, epoch µs, value
 */
import {
  closeSync,
  createWriteStream,
  fdatasyncSync,
  openSync,
  writeFileSync,
  type WriteStream,
} from "node:fs";
import { basename, join } from "node:path";
import { finished } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import type { Clock } from "../target/deployment.ts";
import type { DistributiveOmit, EventSink } from "../record/event-sink.ts";
import type { SampleSink, Series } from "../metrics/samples.ts";
import { withoutSecrets } from "../base/redact.ts";
import type { Plan } from "../record/plan.ts";
import type { RunEvent } from "../record/events.ts";
import { storageError, writeWhole } from "../system/files.ts";
import { files } from "./run-directory.ts";
import { headLine, linked, type Mark, type Seal, sha256, Tallying } from "./seal.ts";

const blockBytes = 64 * 1024;
const flushEveryMs = 1_000;
/** A mark every ten seconds: a line of 200 bytes, and a copy of a hash. */
const flushesPerMark = 10;

export interface RecorderOptions {
  /** Defaults to the name of the folder. */
  readonly runId?: string;
  /**
   * Whether each event is synced before the harness continues; not necessary for what a seed
   * reproduces.
   */
  readonly synced?: boolean;
}

export class Recorder implements SampleSink, EventSink, AsyncDisposable {
  readonly events: RunEvent[] = [];
  /** Aborted with the reason if the record can no longer be written. */
  readonly failed: AbortSignal;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #synced: boolean;
  readonly #failure = new AbortController();
  readonly #eventsFile: number;
  // With a checksum, so that a reader detects a changed byte.
  readonly #compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  readonly #file: WriteStream;
  readonly #written: Promise<void>;
  /** By the definition as it is written. */
  readonly #ids = new Map<string, number>();
  /** By the series as it was asked for: to redact one again with each sample costs more. */
  readonly #known = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #runId: string;
  readonly #planHash: string;
  readonly #samples = new Tallying();
  #link: string;
  #lines = 0;
  #torn = false;
  #flushes = 0;
  #block = "";
  #closed = false;
  #listeners: ((event: RunEvent) => void)[] = [];

  constructor(directory: string, plan: Plan, clock: Clock, options: RecorderOptions = {}) {
    this.#directory = directory;
    this.#synced = options.synced ?? true;
    this.#runId = options.runId ?? basename(directory);
    this.#clock = clock;
    this.failed = this.#failure.signal;
    const planText = `${JSON.stringify(plan, withoutSecrets, 2)}\n`;
    writeWhole(join(directory, files.plan), planText);
    this.#planHash = sha256(planText);
    this.#link = this.#planHash;
    this.#block = headLine({ run: this.#runId, plan: this.#planHash });
    this.#eventsFile = openToAppend(join(directory, files.events));
    const file = this.#compress.pipe(createWriteStream(join(directory, files.samples)));
    this.#file = file;
    const fail = (error: unknown): void =>
      this.#failure.abort(storageError(join(directory, files.samples), error));
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
    if (!this.#closed) this.#write(stamped, this.#synced);
  }

  #write(event: RunEvent | Mark | Seal, synced: boolean): void {
    const { line, link } = linked(this.#link, JSON.stringify(event, withoutSecrets));
    try {
      // A line that a full disk cut off stays on its own; the links continue from the last complete
      // one.
      writeFileSync(this.#eventsFile, `${this.#torn ? "\n" : ""}${line}\n`);
      [this.#link, this.#torn] = [link, false];
      this.#lines++;
      if (synced) fdatasyncSync(this.#eventsFile);
    } catch (error) {
      this.#torn = this.#link !== link;
      this.#failure.abort(storageError(join(this.#directory, files.events), error));
    }
  }

  series(series: Series): number {
    const tags = Object.fromEntries(
      Object.entries(series.tags).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const asked = { metric: series.metric, kind: series.kind, tags };
    const key = JSON.stringify(asked);
    const id = this.#known.get(key) ?? this.#defined(JSON.stringify(asked, withoutSecrets));
    this.#known.set(key, id);
    return id;
  }

  /** Series that differ only in a secret are one. */
  #defined(definition: string): number {
    const known = this.#ids.get(definition);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(definition, id);
    this.#append(`#${id} ${definition}\n`);
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    const atUs = Math.round(atMs * 1000);
    if (!Number.isFinite(value) || !Number.isSafeInteger(atUs) || atUs < 0) return;
    this.#append(`${seriesId},${atUs},${value}\n`);
  }

  #append(line: string): void {
    // After a failure nothing more is written, so nothing is buffered either.
    if (this.#closed || this.#failure.signal.aborted) return;
    this.#block += line;
    if (this.#block.length >= blockBytes) this.#push();
  }

  #push(): void {
    if (this.#block === "" || this.#failure.signal.aborted) return;
    const bytes = Buffer.from(this.#block);
    this.#compress.write(bytes);
    this.#samples.add(bytes);
    this.#block = "";
  }

  #flush(): void {
    this.#push();
    if (this.#failure.signal.aborted) return;
    this.#compress.flush(constants.ZSTD_e_flush);
    if (++this.#flushes % flushesPerMark > 0) return;
    const samples = this.#samples.sofar();
    this.#write({ kind: "samples", atMs: this.#clock.nowMs(), samples }, false);
  }

  #seal(): void {
    this.#write(
      {
        kind: "sealed",
        atMs: this.#clock.nowMs(),
        run: this.#runId,
        plan: this.#planHash,
        events: this.#lines,
        samples: this.#samples.sofar(),
        fileBytes: this.#file.bytesWritten,
      },
      this.#synced,
    );
  }

  /** Resolves when everything is on disk. Later events and samples are not written. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#push();
    this.#closed = true;
    clearInterval(this.#timer);
    this.#compress.end();
    await this.#written;
    // A record that could not be written completely is not sealed.
    if (!this.#failure.signal.aborted) this.#seal();
    closeSync(this.#eventsFile);
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, "a");
  } catch (error) {
    throw storageError(path, error);
  }
}
