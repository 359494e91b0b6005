import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LineFile, type Lines } from "./line-file.ts";
import { times } from "../../test/support/thorough.ts";

/** A fake disk with `room` free bytes, which may be too full even for a truncation. */
class FakeDisk implements Lines {
  text = "";
  room = Number.POSITIVE_INFINITY;
  cutFails = false;
  syncFails = false;
  get length(): number {
    return this.text.length;
  }
  endsWell(): boolean {
    return this.text === "" || this.text.endsWith("\n");
  }
  write(bytes: Buffer): number {
    const taken = Math.min(this.room, bytes.length);
    if (taken === 0) throw new Error("ENOSPC");
    this.text += bytes.toString("latin1", 0, taken);
    this.room -= taken;
    return taken;
  }
  truncate(length: number): void {
    if (this.cutFails) throw new Error("EIO");
    this.text = this.text.slice(0, length);
  }
  sync(): void {
    if (this.syncFails) throw new Error("EIO");
  }
  close(): void {}
}

/** What a reader parses: complete lines of JSON. */
function read(text: string): number[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [(JSON.parse(line) as { id: number }).id];
    } catch {
      return [];
    }
  });
}

it("keeps each accepted line and shows no torn one, at whatever byte the disk is full", () => {
  const diskFailure = fc.record({
    room: fc.option(fc.nat(40), { nil: null }),
    cutFails: fc.boolean(),
    syncFails: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(diskFailure, { maxLength: 12 }), (mishaps) => {
      const disk = new FakeDisk();
      const file = new LineFile(disk);
      const taken: number[] = [];
      const refused: number[] = [];
      for (const [id, { room, cutFails, syncFails }] of mishaps.entries()) {
        Object.assign(disk, { room: room ?? Number.POSITIVE_INFINITY, cutFails, syncFails });
        try {
          file.append(JSON.stringify({ id, of: "a line" }), true);
          taken.push(id);
        } catch {
          refused.push(id);
        }
      }
      // A line that was fully written, but neither synced nor cut off, may be visible: its act did
      // not happen.
      expect(read(disk.text).filter((id) => !refused.includes(id))).toEqual(taken);
    }),
    { numRuns: times(150) },
  );
});

it("cuts off the written part of a line that did not fit", () => {
  const disk = new FakeDisk();
  const file = new LineFile(disk);
  file.append("one", false);
  disk.room = 3;
  expect(() => file.append("second", false)).toThrow("ENOSPC");
  expect(disk.text).toBe("one\n");
  disk.room = 99;
  file.append("third", false);
  expect(disk.text).toBe("one\nthird\n");
});

it("continues on a new line after a killed writer's torn one", () => {
  const folder = mkdtempSync(join(tmpdir(), "seawall-lines-"));
  const path = join(folder, "file");
  writeFileSync(path, "one\ntw");
  {
    using file = LineFile.open(path, "a");
    file.append("three", true);
  }
  expect(readFileSync(path, "utf8")).toBe("one\ntw\nthree\n");
  expect(() => LineFile.open(path, "ax")).toThrow("EEXIST");
  rmSync(folder, { recursive: true });
});
