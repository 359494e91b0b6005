import { describe, expect, it } from "vitest";
import { liveLine, showProgress } from "./render.ts";

function output(isTerminal: boolean) {
  const written: string[] = [];
  return {
    written,
    isTerminal,
    columns: 40,
    colour: false,
    write: (text: string) => void written.push(text),
    erase: () => void written.push("(erased)"),
  };
}

describe("the progress of obtaining tools", () => {
  it("is one line per new step without a terminal", () => {
    const out = output(false);
    {
      using display = showProgress(out);
      display.progress({ tool: "k6", step: "building" });
      display.progress({ tool: "ffmpeg", step: "fetching" });
      display.progress({ tool: "k6", step: "building", detail: "net/http" });
      display.progress({ tool: "k6", step: "ready, 2.2.0" });
    }
    expect(out.written.filter((text) => text !== "(erased)")).toEqual([
      "k6: building\n",
      "ffmpeg: fetching\n",
      "k6: ready, 2.2.0\n",
    ]);
  });

  it("leaves no live line on a terminal, and writes nothing if nothing was obtained", () => {
    const idle = output(true);
    showProgress(idle)[Symbol.dispose]();
    expect(idle.written).toEqual([]);
    const busy = output(true);
    const display = showProgress(busy);
    display.progress({ tool: "k6", step: "building" });
    display[Symbol.dispose]();
    expect(busy.written.at(-1)).toBe("(erased)");
  });

  it("fits its live line into the terminal", () => {
    const steps = [
      { tool: "k6, toxiproxy", step: "building", detail: "github.com/a/very/long/package" },
      { tool: "ffmpeg", step: "unpacking 84 packages", detail: "31" },
    ];
    const line = liveLine(steps, 12.3, 40);
    expect(line.length).toBeLessThan(40);
    expect(line).toMatch(/^12 s {2}k6, toxi.*… · ffmpeg 31$/);
  });
});
