/**
 * What a runner's relay keeps of its samples until the conductor has read them. A spool is text:
 * series definitions, samples, and the ends of frames. The end of a frame has the count of samples
 * so far and a hash over everything so far. The reader accepts whole frames only. It can continue
 * at any frame after a broken connection, and a lost, changed or repeated line shows.
 */
import { createHash } from "node:crypto";
import type { SampleSink, Series } from "../../metrics/samples.ts";

const firstLink = "";

/** Collects samples and gives them out as frames. */
export class SpoolWriter implements SampleSink {
  readonly #ids = new Map<string, number>();
  #block = "";
  #count = 0;
  #link = firstLink;

  series({ metric, kind, tags }: Series): number {
    const key = JSON.stringify({ metric, kind, tags });
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    this.#block += `#${id} ${key}\n`;
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    this.#block += `${seriesId},${atMs},${value}\n`;
    this.#count++;
  }

  get samples(): number {
    return this.#count;
  }

  /** Characters that no frame has yet. */
  get pending(): number {
    return this.#block.length;
  }

  /** Everything since the last frame; null if there is nothing. */
  frame(): string | null {
    if (this.#block === "") return null;
    const block = this.#block;
    this.#block = "";
    this.#link = linkOf(this.#link, block);
    return `${block}=${this.#count} ${this.#link}\n`;
  }
}

export interface SpoolEnd {
  /** Samples in all frames that were accepted. */
  readonly samples: number;
  /** The hash over them; empty before the first frame. */
  readonly link: string;
}

/** Checks frames and passes their samples on. Throws at the first that does not follow. */
export class SpoolReader {
  readonly #sink: SampleSink;
  readonly #ids: number[] = [];
  #rest = "";
  #count = 0;
  #link = firstLink;
  /** Bytes of whole frames: where to continue. */
  offset = 0;

  constructor(sink: SampleSink) {
    this.#sink = sink;
  }

  get end(): SpoolEnd {
    return { samples: this.#count, link: this.#link };
  }

  /** Takes what was read from `offset` on. A frame that breaks off is read again. */
  push(text: string): void {
    this.#rest = text;
    for (;;) {
      const at = this.#endOfFrame();
      if (at === null) return;
      const [blockEnd, frameEnd] = at;
      this.#take(this.#rest.slice(0, blockEnd), this.#rest.slice(blockEnd + 1, frameEnd));
      this.offset += Buffer.byteLength(this.#rest.slice(0, frameEnd + 1));
      this.#rest = this.#rest.slice(frameEnd + 1);
    }
  }

  #endOfFrame(): readonly [number, number] | null {
    const at = this.#rest.startsWith("=") ? 0 : this.#rest.indexOf("\n=") + 1;
    if (at <= 0 && !this.#rest.startsWith("=")) return null;
    const end = this.#rest.indexOf("\n", at);
    return end < 0 ? null : [at, end];
  }

  #take(block: string, end: string): void {
    const link = linkOf(this.#link, block);
    const lines = block.split("\n").slice(0, -1);
    const count = this.#count + lines.filter((line) => !line.startsWith("#")).length;
    if (end !== `${count} ${link}`)
      throw new Error(`its spool does not continue after sample ${this.#count}`);
    for (const line of lines) this.#line(line);
    [this.#count, this.#link] = [count, link];
  }

  #line(line: string): void {
    if (line.startsWith("#")) {
      const space = line.indexOf(" ");
      this.#ids[Number(line.slice(1, space))] = this.#sink.series(
        JSON.parse(line.slice(space + 1)) as Series,
      );
      return;
    }
    const [id, atMs, value] = line.split(",").map(Number) as [number, number, number];
    const series = this.#ids[id];
    if (series === undefined) throw new Error(`its spool has a sample of no series: ${line}`);
    this.#sink.sample(series, atMs, value);
  }
}

function linkOf(link: string, block: string): string {
  return createHash("sha256").update(link).update(block).digest("hex");
}
