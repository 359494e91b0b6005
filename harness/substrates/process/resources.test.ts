import { describe, expect, it } from "vitest";
import { statOf } from "../../system/processes.ts";
import { GroupMeter } from "./resources.ts";

describe("GroupMeter", () => {
  it.skipIf(statOf(process.pid) === null)(
    "adds up a group and leaves out one without a living member",
    () => {
      const group = statOf(process.pid)?.group ?? 0;
      const [own, ...more] = new GroupMeter().read(
        [
          { service: "tests", group },
          { service: "nobody", group: 2 ** 22 + 1 },
        ],
        0,
      );
      expect(more).toEqual([]);
      expect(own?.service).toBe("tests");
      expect(own?.cpuSeconds).toBeGreaterThan(0);
      expect(own?.residentBytes).toBeGreaterThan(1_000_000);
    },
  );
});
