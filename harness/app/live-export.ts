/** Sends a run to a receiver of OpenTelemetry while it happens. */
import { redacted } from "../base/redact.ts";
import type { Plan } from "../record/plan.ts";
import { isVirtual } from "../record/substrates.ts";
import { LiveExport } from "../telemetry/live.ts";
import { type Receiver, send } from "../telemetry/send.ts";
import type { Context } from "./context.ts";
import type { RunObserver } from "./run-observer.ts";

/** Null in virtual time, whose seconds are not those of a dashboard; `export` sends such a run. */
export function liveExport(
  { stderr }: Pick<Context, "stderr">,
  plan: Plan,
  receiver: Receiver,
): RunObserver | null {
  if (isVirtual(plan.substrate)) {
    stderr.write("telemetry: a run in virtual time is not sent; `./seawall export RUN` sends it\n");
    return null;
  }
  let id = "";
  let live: LiveExport | null = null;
  return {
    began: (_directory, runId) => {
      id = runId;
      stderr.write(`telemetry: this run goes to ${redacted(receiver.url)}\n`);
    },
    event: (event) => live?.event(event),
    samples: (recorder) => {
      live = new LiveExport(recorder, {
        runId: id,
        plan,
        nowMs: () => Date.now(),
        send: (request, signal) => send(receiver, request, signal, 1),
      });
      return live;
    },
    ended: async () => {
      await live?.end();
      const complaint = live?.complaint ?? null;
      if (complaint !== null) stderr.write(`telemetry: ${complaint}\n`);
    },
  };
}
