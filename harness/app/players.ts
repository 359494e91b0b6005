/**
 * Real players in a run: their own browser, marked and recorded like everything that a run starts.
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Clock, Deployment } from "../target/deployment.ts";
import type { SampleSink } from "../metrics/samples.ts";
import type { UndoLedger } from "../record/undo.ts";
import type { Plan } from "../record/plan.ts";
import type { PackPlayers } from "../target/pack-players.ts";
import type { Probes } from "../run/conductor.ts";
import type { Recorder } from "../run/recorder.ts";
import { type Browser, chromiumPath, noBrowserHint, openBrowser } from "../system/browser.ts";
import { runVariable } from "../system/processes.ts";
import type { Context } from "./context.ts";

export interface PlayersOptions {
  readonly context: Pick<Context, "env">;
  readonly plan: Plan;
  readonly runId: string;
  readonly deployment: Deployment;
  /** The players of the target's pack. */
  readonly followed: PackPlayers;
  readonly sink: SampleSink;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly undo: UndoLedger;
}

/**
 * Adds the players to the other probes. The browser and its pages are ready when this resolves, so
 * that opening them is not part of a player's start-up.
 */
export async function withPlayers(probes: Probes, options: PlayersOptions): Promise<Probes> {
  const { plan, deployment, followed, sink, recorder, clock } = options;
  await using opened = new AsyncDisposableStack();
  opened.use(probes);
  const browser = opened.use(await browserOf(options));
  const players = opened.use(
    await followed.open({
      joins: plan.players ?? [],
      deployment,
      browser: browser.context,
      sink,
      note: (text) => recorder.event({ kind: "note", text }),
      clock,
    }),
  );
  recorder.onEvent((event) => {
    if (event.kind === "phase") players.phaseBegan(event.phase);
  });
  const owned = opened.move();
  return {
    readNow: () => probes.readNow(),
    countTraffic: () => probes.countTraffic(),
    finish: async (signal, endedMs) => {
      // Playback during the read-back does not belong to any phase.
      await players[Symbol.asyncDispose]();
      await probes.finish(signal, endedMs);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function browserOf({ context, runId, undo }: PlayersOptions): Promise<Browser> {
  const executable = chromiumPath(context.env);
  if (executable === null)
    throw new SeawallError("TOOL_MISSING", "this machine has no Chromium, which players need", {
      hint: noBrowserHint,
    });
  const profile = join(tmpdir(), `seawall-${runId}-chromium`);
  const undone = undo.record({ kind: "directory", path: profile });
  mkdirSync(profile, { recursive: true });
  const browser = await openBrowser(executable, {
    scripts: true,
    online: true,
    profile,
    env: { [runVariable]: runId },
  });
  return {
    context: browser.context,
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      undone();
    },
  };
}
