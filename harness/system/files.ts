/** Small file helpers that several rooms share. */
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

/**
 * Writes atomically: to a temporary file, synced, then renamed. A reader never sees a partial file.
 */
export function writeWhole(path: string, text: string): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    const file = openSync(beside, "w");
    try {
      // Unlike writeSync, this does not stop silently when the disk fills up.
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

/** Turns an error of the file system into what the user can do about it. */
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

/** Whether a file, a folder or a dangling link exists. */
export function existsAsAnything(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Names of the folders in a folder, sorted; empty if it cannot be read. */
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

/** Undefined if it does not exist, cannot be read, or is not JSON. */
export function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The last lines of a file that may be large; empty if it cannot be read. */
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
 * Creates a folder and its parents one by one, because Node's recursive mkdir never returns below
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
