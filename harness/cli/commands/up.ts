/** `seawall up`: brings up the target alone until Ctrl-C or `seawall down`. */
import { planFlags, type PlanFlags, planned } from "../flags.ts";
import type { Define } from "../command.ts";
import { planAlone } from "../../app/plan-experiment.ts";
import { exitCodes } from "../../base/errors.ts";
import type { Planned } from "../../plan/options.ts";
import { bringUp } from "../../app/bring-up.ts";
import type { Context } from "../../app/context.ts";
import { urlOf } from "../../target/layout.ts";

export const defineUp: Define = (program, context, end) =>
  planFlags(
    program
      .command("up")
      .description("start only the target and keep it up until Ctrl-C or `seawall down`")
      .argument("[experiment]", "use the target of this experiment", "origin-storm"),
  )
    .option("--json", "print the addresses of the target as JSON")
    .action(async (name: string, flags: PlanFlags) =>
      end(await up(context, await planned(context, name, flags, planAlone), flags.json === true)),
    );

/** `json`: one document once the target plays. */
export async function up(context: Context, planned: Planned, json: boolean): Promise<number> {
  try {
    await using target = await bringUp(context, planned, (text) =>
      context.stderr.write(`${text}\n`),
    );
    const entries = [planned.layout.entries, ...Object.values(planned.layout.otherEntries ?? {})]
      .flat()
      .map(({ service, port }) => {
        return { service, url: urlOf(target.deployment.instance(service).endpoint(port)) };
      });
    if (json) context.stdout.json(targetDocument(planned.plan, entries, target.logsDirectory));
    else for (const { service, url } of entries) context.stdout.write(`${service}  ${url}\n`);
    context.stderr.write(
      `the target is up; Ctrl-C or \`seawall down\` ends it (logs: ${target.logsDirectory})\n`,
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
