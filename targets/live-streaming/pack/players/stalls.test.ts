import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Stall, StallWatch, stallMsMin } from "./stalls.ts";

const everyMs = 100;

/**
 * A player's timeline; each letter is 100 ms. `p` plays, `s` stands still, `u` stands still because
 * the user wants it, `j` jumps by 10 s.
 */
function watched(score: string, aheadS = 0): { watch: StallWatch; stalls: Stall[]; endMs: number } {
  const watch = new StallWatch(0);
  const stalls: Stall[] = [];
  let [atMs, mediaS] = [1_000, 50];
  watch.see({ atMs, mediaS, meantToMove: true, aheadS });
  for (const letter of score) {
    atMs += everyMs;
    if (letter === "p") mediaS += everyMs / 1000;
    if (letter === "j") mediaS += 10;
    const stall = watch.see({ atMs, mediaS, meantToMove: letter !== "u", aheadS });
    if (stall !== null) stalls.push(stall);
  }
  return { watch, stalls, endMs: atMs };
}

describe("a player's picture", () => {
  it("counts as a start and no stall while it moves", () => {
    const { watch, stalls, endMs } = watched("ssssspppppppppp");
    expect(stalls).toEqual([]);
    expect(watch.startupMs).toBe(1_500);
    expect(watch.openAt(endMs)).toBeNull();
  });

  it("counts as neither start nor stall if it never moves", () => {
    const { watch, endMs } = watched("ssssssssss");
    expect([
      watch.startupMs,
      watch.openAt(endMs + 60_000),
      watch.stalledMs(endMs + 60_000),
    ]).toEqual([null, null, 0]);
  });

  it("counts as a stall from the last movement to the next", () => {
    expect(watched("pppppsssssppp").stalls).toEqual([
      { fromMs: 1_500, forMs: 500, open: false, starved: true },
    ]);
    expect(watched("pppppspsppp").stalls).toEqual([]);
  });

  it("leaves an open stall at the end, which grows while a dead player is silent", () => {
    const { watch, stalls, endMs } = watched("pppppsssss");
    expect(stalls).toEqual([]);
    expect(watch.openAt(endMs)).toEqual({ fromMs: 1_500, forMs: 500, open: true, starved: true });
    expect(watch.openAt(endMs + 9_500)).toEqual({
      fromMs: 1_500,
      forMs: 10_000,
      open: true,
      starved: true,
    });
    expect(watch.stalledMs(endMs + 9_500)).toBe(10_000);
  });

  it("does not stall while the user waits for their own seek, but does until they seek", () => {
    expect(watched("pppuuuuuuuuujpp").stalls).toEqual([]);
    expect(watched("pppssssuuuuuppp").stalls).toEqual([
      { fromMs: 1_300, forMs: 500, open: false, starved: true },
    ]);
  });

  it("stalls by the device's fault if media was buffered all the time", () => {
    expect(watched("pppppsssssppp", 4).stalls).toEqual([
      { fromMs: 1_500, forMs: 500, open: false, starved: false },
    ]);
  });

  it("still stalls after a jump that leads nowhere", () => {
    const { watch, stalls, endMs } = watched("pppssjssjss");
    expect(stalls).toEqual([]);
    expect(watch.openAt(endMs)?.forMs).toBe(800);
    expect(watch.jumps).toBe(2);
  });

  it("adds stalls up to the stalled time for any timeline, and ignores those below the threshold", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("p", "s", "u", "j"), maxLength: 80 }),
        (score) => {
          const { watch, stalls, endMs } = watched(score);
          const open = watch.openAt(endMs);
          const all = open === null ? stalls : [...stalls, open];
          expect(watch.stalledMs(endMs)).toBe(all.reduce((sum, { forMs }) => sum + forMs, 0));
          for (const { forMs } of all) expect(forMs).toBeGreaterThanOrEqual(stallMsMin);
          for (const [index, { fromMs, forMs }] of all.entries())
            expect(all[index + 1]?.fromMs ?? Infinity).toBeGreaterThanOrEqual(fromMs + forMs);
        },
      ),
    );
  });
});
