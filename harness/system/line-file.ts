/**
 * A file to which whole lines are appended. A write that fails half-way (a full disk, a limit)
 * leaves no part of a line that could spoil the next one: what was written of it is cut off, or
 * else the next line begins with a line end.
 */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";

/** As much of an open file as this needs. */
export interface Lines {
  /** Bytes. */
  readonly length: number;
  /** False where the last line was cut off. */
  endsWell(): boolean;
  /** How many of the bytes it took; throws when it takes none. */
  write(bytes: Buffer): number;
  truncate(length: number): void;
  sync(): void;
  close(): void;
}

export class LineFile implements Disposable {
  readonly #file: Lines;
  /** Bytes up to the end of the last line that was taken. */
  #good: number;
  /** Bytes of the file: more than `#good` only where a torn line could not be cut off. */
  #length: number;
  #torn: boolean;

  constructor(file: Lines) {
    this.#file = file;
    this.#length = file.length;
    this.#good = file.length;
    this.#torn = !file.endsWell();
  }

  /** `flags` as of `open(2)`: "a" goes on with a file, "ax" refuses one that is there. */
  static open(path: string, flags: "a" | "ax"): LineFile {
    return new LineFile(opened(path, flags));
  }

  /**
   * After this returns, the line is in the file, and on disk if `synced`. After it throws, a reader
   * finds no part of it.
   */
  append(line: string, synced: boolean): void {
    const bytes = Buffer.from(`${this.#torn ? "\n" : ""}${line}\n`);
    try {
      for (let done = 0; done < bytes.length; ) {
        const taken = this.#file.write(bytes.subarray(done));
        done += taken;
        this.#length += taken;
      }
      if (synced) this.#file.sync();
    } catch (error) {
      this.#cutOff();
      throw error;
    }
    this.#good = this.#length;
    this.#torn = false;
  }

  #cutOff(): void {
    try {
      this.#file.truncate(this.#good);
      this.#length = this.#good;
    } catch {
      this.#torn = true;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function opened(path: string, flags: "a" | "ax"): Lines {
  const file = openSync(path, flags === "a" ? "a+" : "ax+");
  const length = fstatSync(file).size;
  return {
    length,
    endsWell: () => {
      const last = Buffer.alloc(1);
      return length === 0 || (readSync(file, last, 0, 1, length - 1) === 1 && last[0] === 0x0a);
    },
    write: (bytes) => writeSync(file, bytes),
    truncate: (to) => ftruncateSync(file, to),
    sync: () => fdatasyncSync(file),
    close: () => closeSync(file),
  };
}
