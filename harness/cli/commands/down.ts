/** `seawall down`: stops what `seawall up` started. */
import type { Define } from "../command.ts";
import { exitCodes } from "../../base/errors.ts";
import { SeawallError } from "../../base/errors.ts";
import { leftRuns } from "../../run/left-runs.ts";
import type { Context } from "../../app/context.ts";

export const defineDown: Define = (program, context, end) =>
  program
    .command("down")
    .description("stop the target that `seawall up` started")
    .option("--json", "print what was stopped, as JSON")
    .action(async (flags: { json?: boolean }) => end(await down(context, flags.json === true)));

const downWithinMs = 60_000;

export async function down(context: Context, json: boolean): Promise<number> {
  const running = leftRuns(context.stateDirectory).filter(
    (left) => left.alive && left.runId.startsWith("up-"),
  );
  for (const left of running) process.kill(left.ownerPid, "SIGTERM");
  const deadlineMs = performance.now() + downWithinMs;
  const stillUp = (): boolean =>
    leftRuns(context.stateDirectory).some((left) =>
      running.some((one) => one.runId === left.runId),
    );
  while (stillUp()) {
    if (performance.now() > deadlineMs) {
      throw new SeawallError(
        "CLEANUP_INCOMPLETE",
        `it did not stop within ${downWithinMs / 1000} s`,
        { hint: "Press Ctrl-C where it runs, or kill it and run `seawall recover`." },
      );
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const text =
    running.length === 0
      ? "nothing is up"
      : `${running.length === 1 ? "the target is" : `${running.length} targets are`} down`;
  if (json)
    context.stdout.json({ format: "seawall-down/1", ended: running.map(({ runId }) => runId) });
  else context.stdout.write(`${text}\n`);
  return exitCodes.held;
}
