import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import originStorm from "../../experiments/origin-storm.ts";
import { planned } from "../../test/support/simulated/in-memory.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import type { Context } from "./context.ts";
import { type LiveRuns, showRuns } from "./live-run.ts";
import { printerTo } from "./printer.ts";

const quiet = printerTo({ write: () => {}, isTerminal: false, columns: 80, colour: false });
const context: Context = {
  root: resolve(import.meta.dirname, "../.."),
  cwd: tmpdir(),
  env: {},
  stdout: quiet,
  stderr: quiet,
  stdin: () => Readable.from([]),
  signal: new AbortController().signal,
  onForceQuit: () => {},
  version: "1.2.3",
  stateDirectory: join(tmpdir(), "state"),
  cacheDirectory: tmpdir(),
};
const { run, verdict } = stormRun();
let shown: LiveRuns | null = null;
afterEach(async () => {
  await shown?.[Symbol.asyncDispose]();
  shown = null;
});

async function opened(): Promise<{
  live: LiveRuns;
  ask(path: string, body?: object): Promise<Response>;
}> {
  const storm = { name: "origin-storm", experiment: originStorm, planned: planned(originStorm, 1) };
  const live = await showRuns(context, [storm], { seed: 1, out: "reports", port: 0 });
  shown = live;
  const { origin, hash } = new URL(live.link);
  return {
    live,
    ask: (path, body) =>
      fetch(origin + path, {
        headers: {
          authorization: `Bearer ${hash.slice(1)}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      }),
  };
}

describe("the live page of a run", () => {
  it("shows a run, its phases and its verdict, and asks no question", async () => {
    const { live, ask } = await opened();
    const day = (await (await ask("/api/day")).json()) as {
      kind: string;
      role: { may: string[] };
      day: { title: string; steps: { experiment: string }[] };
    };
    expect(day).toMatchObject({ kind: "run", role: { may: ["stop"] } });
    expect(day.day.title).toBe(originStorm.title);
    {
      using observer = live.begin(0, run.plan);
      observer.began("reports/origin-storm/r1", "r1");
      observer.event({ kind: "phase", phase: "fault", atMs: 1 });
    }
    const outcome = { run, verdict, exitCode: 0, report: "", error: null };
    live.end(0, outcome);
    const events = await ask("/api/events");
    const reader = events.body?.getReader();
    let text = "";
    while (!text.includes('"kind":"ended"'))
      text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(text).toContain('"phase":"fault"');
    expect(text).not.toContain('"kind":"asked"');
    expect(live.stopped.aborted).toBe(false);
  });

  it("ends the run as Ctrl-C does when a person presses stop", async () => {
    const { live, ask } = await opened();
    live.begin(0, run.plan)[Symbol.dispose]();
    expect((await ask("/api/stop", { name: "Ada" })).status).toBe(200);
    expect(live.stopped.reason).toMatchObject({
      reason: "user",
      message: expect.stringContaining("Ada"),
    });
  });

  it("tells nothing without the link", async () => {
    const { live } = await opened();
    expect((await fetch(`${new URL(live.link).origin}/api/day`)).status).toBe(401);
  });
});
