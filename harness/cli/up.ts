/** `seawall up` and `seawall down`: the target alone, for a look around; up until Ctrl-C or `down`. */
import { exitCodes, SeawallError } from "../base/errors.ts";
import type { Planned } from "../plan/options.ts";
import { leftRuns } from "../run/left-runs.ts";
import { bringUp } from "./bring-up.ts";
import type { Context } from "./context.ts";

const downWithinMs = 60_000;

/** `json`: one document, as soon as the target plays. */
export async function up(context: Context, planned: Planned, json: boolean): Promise<number> {
  try {
    await using target = await bringUp(context, planned, (text) =>
      context.stderr.write(`${text}\n`),
    );
    const entries = [...planned.layout.edges, ...(planned.layout.gateways ?? [])].map(
      ({ service, port }) => {
        const { host, port: number } = target.deployment.instance(service).endpoint(port);
        return { service, url: `http://${host}:${number}` };
      },
    );
    if (json) context.stdout.json(targetDocument(planned.plan, entries, target.logsDirectory));
    else for (const { service, url } of entries) context.stdout.write(`${service}  ${url}\n`);
    context.stderr.write(
      `the target is up; Ctrl-C or \`./seawall down\` ends it (logs: ${target.logsDirectory})\n`,
    );
    await untilAborted(context.signal);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  return exitCodes.held;
}

export function targetDocument(
  { target, topology, substrate }: Planned["plan"],
  entries: readonly { readonly service: string; readonly url: string }[],
  logs: string,
): object {
  return { format: "seawall-target/1", target, topology, substrate, entries, logs };
}

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
        `it did not end within ${downWithinMs / 1000} s`,
        { hint: "End it with Ctrl-C where it runs, or kill it and run `./seawall recover`." },
      );
    }
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const said =
    running.length === 0
      ? "nothing is up"
      : `${running.length === 1 ? "the target is" : `${running.length} targets are`} down`;
  if (json)
    context.stdout.json({ format: "seawall-down/1", ended: running.map(({ runId }) => runId) });
  else context.stdout.write(`${said}\n`);
  return exitCodes.held;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // A pending promise alone does not keep the process alive.
    const alive = setInterval(() => {}, 1 << 30);
    signal.addEventListener(
      "abort",
      () => {
        clearInterval(alive);
        resolve();
      },
      { once: true },
    );
  });
}
