import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "./dead-man.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const settled = (): Promise<void> => new Promise((next) => setImmediate(next));

describe("the dead-man's switch", () => {
  it("does nothing if it is released, even in two pieces", async () => {
    const pipe = new PassThrough();
    const fate = listen(pipe, 3);
    pipe.write("beat\nbeat\ndo");
    pipe.write("ne\n");
    pipe.end();
    expect(await fate).toBe("released");
  });

  it("acts if the pipe ends without a farewell", async () => {
    const pipe = new PassThrough();
    const fate = listen(pipe, 3);
    pipe.write("beat\n");
    pipe.end();
    expect(await fate).toBe("killed");
  });

  it("acts if the heartbeat stops, and not before", async () => {
    const pipe = new PassThrough();
    let fate = "";
    void listen(pipe, 3).then((what) => {
      fate = what;
    });
    for (let second = 0; second < 20; second++) {
      pipe.write("beat\n");
      await settled();
      vi.advanceTimersByTime(1_000);
    }
    await settled();
    expect(fate).toBe("");
    vi.advanceTimersByTime(2_000);
    await settled();
    expect(fate).toBe("");
    vi.advanceTimersByTime(1_500);
    await settled();
    expect(fate).toBe("silent");
  });
});
