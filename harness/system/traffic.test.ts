import { existsSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { movedBy, MovedByMembers, movedByInterfaces, parseInterfaces, parseIo } from "./traffic.ts";

it("reads the bytes that a process moved", () => {
  expect(
    parseIo(
      "rchar: 4292\nwchar: 17\nsyscr: 13\nsyscw: 2\nread_bytes: 0\nwrite_bytes: " +
        "0\ncancelled_write_bytes: 0\n",
    ),
  ).toEqual({ readBytes: 4_292, writtenBytes: 17 });
  expect(parseIo("")).toBeNull();
});

it("sums all interfaces", () => {
  const text =
    "Inter-|   Receive                                                |  Transmit\n face " +
    "|bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop " +
    "fifo colls carrier compressed\n" +
    "    lo: 1000       1    0    0    0     0          0         0     2000       1    0   " +
    " 0    0     0       0          0\n" +
    "eth0:30 1 0 0 0 0 0 0 4 1 0 0 0 0 0 0\n";
  expect(parseInterfaces(text)).toEqual({ receivedBytes: 1_030, sentBytes: 2_004 });
  expect(parseInterfaces("")).toBeNull();
});

it.skipIf(!existsSync("/proc/self/io"))(
  "grows by what is written, and forgets nothing when a member is gone",
  () => {
    const moved = new MovedByMembers();
    const before = moved.read([process.pid])?.writtenBytes ?? 0;
    const file = join(tmpdir(), `seawall-traffic-${process.pid}`);
    writeFileSync(file, Buffer.alloc(100_000));
    rmSync(file);
    const after = moved.read([process.pid])?.writtenBytes ?? 0;
    expect(after - before).toBeGreaterThanOrEqual(100_000);
    expect(moved.read([])?.writtenBytes).toBe(after);
    expect(movedBy(-1)).toBeNull();
    expect(movedByInterfaces()).not.toBeNull();
  },
);
