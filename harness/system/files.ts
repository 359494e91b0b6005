/** Small file habits that several parts share. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { SeawallError } from "../base/errors.ts";

/** A reader never sees half a file: written beside, synced, then renamed. */
export function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    const file = openSync(beside, "w");
    try {
      // Unlike writeSync, this does not stop halfway without a word when the disk fills up.
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    throw storageError(path, error);
  }
}

export function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/** Turns what the file system says into what the user can do about it. */
export function storageError(
  path: string,
  error: unknown,
  instead = "Choose a writable folder with --out DIR.",
): SeawallError {
  if (error instanceof SeawallError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new SeawallError("DISK_FULL", `no space left to write ${path}`, {
      cause: error,
      hint: `Free some space on the disk of ${dirname(path)}. Or: ${instead}`,
    });
  }
  const why = code === "EEXIST" ? "a file exists where a folder is needed" : (code ?? message);
  return new SeawallError("OUTPUT_NOT_WRITABLE", `cannot write ${path}: ${why}`, {
    cause: error,
    hint: instead,
  });
}

/** A file, a folder, or a link to nowhere. */
export function existsAsAnything(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Names of the folders in a folder, sorted; none when it cannot be read. */
export function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

/** Undefined when it is not there, cannot be read, or is not JSON. */
export function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The last lines of a file that may be large; empty when it cannot be read. */
export function lastLines(path: string, count: number): string[] {
  try {
    const file = openSync(path, "r");
    try {
      const size = fstatSync(file).size;
      const length = Math.min(size, 64 * 1024);
      const buffer = Buffer.alloc(length);
      readSync(file, buffer, 0, length, size - length);
      return buffer
        .toString("utf8")
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-count);
    } finally {
      closeSync(file);
    }
  } catch {
    return [];
  }
}

/**
 * Makes a folder and those above it, one by one: Node's own recursive way never returns below
 * /proc.
 */
export function makeFolders(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    if (code !== "ENOENT" || dirname(path) === path || existsSync(dirname(path))) throw error;
    makeFolders(dirname(path));
    mkdirSync(path);
  }
}
