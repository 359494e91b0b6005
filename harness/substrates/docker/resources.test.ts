import { describe, expect, it } from "vitest";
import { ContainerMeter, readMembers, readUsage } from "./resources.ts";

const from =
  (files: Readonly<Record<string, string>>) =>
  (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`no ${path}`);
    return text;
  };

describe("a container's usage", () => {
  it("is read from one tree per controller (version 1)", () => {
    const groups =
      "9:name=systemd:/docker/ab\n4:memory:/docker/ab\n2:cpu,cpuacct:/docker/ab\n0::/docker/ab\n";
    expect(
      readUsage(
        groups,
        from({
          "cpuacct/docker/ab/cpuacct.usage": "1500000000\n",
          "memory/docker/ab/memory.stat": "cache 7\nrss 5\ntotal_cache 9\ntotal_rss 1048576\n",
        }),
      ),
    ).toEqual({ cpuSeconds: 1.5, residentBytes: 1_048_576 });
  });

  it("is read from the single tree of version 2", () => {
    const path = "/system.slice/docker-ab.scope";
    expect(
      readUsage(
        `0::${path}\n`,
        from({
          [`${path}/cpu.stat`]: "usage_usec 2500000\nuser_usec 1\n",
          [`${path}/memory.stat`]: "anon 4096\nfile 9\n",
        }),
      ),
    ).toEqual({ cpuSeconds: 2.5, residentBytes: 4_096 });
  });

  it("covers the processes in its control group", () => {
    expect(
      readMembers(
        "4:memory:/docker/ab\n2:cpu,cpuacct:/docker/ab\n",
        from({ "cpuacct/docker/ab/cgroup.procs": "12\n34\n" }),
      ),
    ).toEqual([12, 34]);
    expect(readMembers("0::/docker/ab\n", from({ "/docker/ab/cgroup.procs": "12\n" }))).toEqual([
      12,
    ]);
  });

  it("is absent, not zero, without data", () => {
    expect(() => readUsage("0::/x\n", from({ "/x/cpu.stat": "nr_periods 0\n" }))).toThrow(
      "no usage_usec",
    );
    expect(new ContainerMeter().read([{ service: "gone", pid: 2 ** 22 + 1 }])).toEqual([]);
  });
});
