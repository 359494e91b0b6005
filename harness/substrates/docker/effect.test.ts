import { describe, expect, it } from "vitest";
import { effects, type Making } from "./effect.ts";

const directory = "/runs/r/a";
const making: Making = {
  command: ["/usr/bin/server", "--port", "80"],
  env: { HOME: directory },
  user: "1000:1001",
  host: {
    NetworkMode: "container:zone",
    Memory: 100,
    MemorySwap: 100,
    Binds: [`${directory}:${directory}`, "/cache:/cache"],
  },
};
const prepared = (kind: string): Making | undefined =>
  effects.get(kind)?.prepare?.(making, directory);

describe("a prepared container", () => {
  it("for a full disk has its folder in memory, with its own content next to it", () => {
    const room = 512 * 2 ** 20;
    expect(prepared("fullDisk")).toEqual({
      command: [
        "/bin/sh",
        "-e",
        "-c",
        'cp -a "$1.outside/." "$1/"; cd "$1"; shift; exec "$@"',
        "room",
        directory,
        ...making.command,
      ],
      env: making.env,
      user: making.user,
      host: {
        NetworkMode: "container:zone",
        Memory: 100 + room,
        MemorySwap: 100 + room,
        Binds: [`${directory}:${directory}.outside`, "/cache:/cache"],
        Tmpfs: { [directory]: `exec,size=${room},mode=0755,uid=1000,gid=1001` },
      },
    });
  });

  it("for clock skew reads its offset from a file in its own folder", () => {
    expect(prepared("clockSkew")).toEqual({
      ...making,
      env: {
        HOME: directory,
        LD_PRELOAD: "/usr/local/lib/libfaketime.so",
        FAKETIME_TIMESTAMP_FILE: `${directory}/clock-skew`,
        FAKETIME_CACHE_DURATION: "1",
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        FAKETIME_DONT_RESET: "1",
        FAKETIME_FORCE_MONOTONIC_FIX: "0",
      },
    });
  });

  it("for packet loss is like any other", () => {
    expect(effects.get("packetLoss")?.prepare).toBeUndefined();
  });
});
