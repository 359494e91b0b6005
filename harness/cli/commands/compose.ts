/** `seawall compose`: writes the text of `docker-compose.yml` to standard output. */
import { planFlags, type PlanFlags, planned } from "../flags.ts";
import type { Define } from "../command.ts";
import { planAlone } from "../../app/plan-experiment.ts";
import { exitCodes } from "../../base/errors.ts";
import type { Planned } from "../../plan/options.ts";
import { composeFile } from "../../substrates/docker/compose.ts";
import { registryParts } from "../../substrates/docker/image/image.ts";
import { ending } from "../../system/sources.ts";
import type { Context } from "../../app/context.ts";

export const defineCompose: Define = (program, context, end) =>
  planFlags(
    program
      .command("compose")
      .description("print docker-compose.yml: the target without the harness")
      .argument("[experiment]", "use the target of this experiment", "origin-storm"),
  )
    .option("--json", "print it within one line of JSON")
    .action(async (name: string, flags: PlanFlags) =>
      end(compose(context, await planned(context, name, flags, planAlone), flags.json === true)),
    );

export function compose(context: Context, { plan, layout }: Planned, json: boolean): number {
  const text = composeFile({
    module: `targets/${plan.target}/target${ending}`,
    topology: plan.topology,
    layout,
    parts: registryParts(context.root),
  });
  if (json)
    context.stdout.json({
      format: "seawall-compose/1",
      target: plan.target,
      topology: plan.topology,
      text,
    });
  else context.stdout.write(text);
  return exitCodes.held;
}
