/**
 * Appends complete lines to a file. A write that fails half-way, on a full disk or a limit, must
 * not spoil the next line. The written part is truncated, or the next line starts with a line end.
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

/** The operations of an open file that this needs. */
export interface Lines {
  /** Bytes. */
  readonly length: number;
  /** False if the last line is torn. */
  endsWell(): boolean;
  /** Returns the number of bytes written; throws if none. */
  write(bytes: Buffer): number;
  truncate(length: number): void;
  sync(): void;
  close(): void;
}

export class LineFile implements Disposable {
  readonly #file: Lines;
  /** Bytes up to the end of the last complete line. */
  #good: number;
  /** Bytes of the file; more than `#good` only if a torn line could not be truncated. */
  #length: number;
  #torn: boolean;

  constructor(file: Lines) {
    this.#file = file;
    this.#length = file.length;
    this.#good = file.length;
    this.#torn = !file.endsWell();
  }

  /** `flags` as in `open(2)`: "a" appends to a file, "ax" refuses an existing one. */
  static open(path: string, flags: "a" | "ax"): LineFile {
    return new LineFile(opened(path, flags));
  }

  /**
   * When this returns, the line is in the file, and on disk if `synced`. When it throws, a reader
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
