/** `seawall compose`: writes the text of `docker-compose.yml` to standard output. */
import { exitCodes } from "../base/errors.ts";
import type { Planned } from "../plan/options.ts";
import { composeFile } from "../substrates/docker/compose.ts";
import { registryParts } from "../substrates/docker/image/image.ts";
import type { Context } from "./context.ts";

export function compose(context: Context, { plan, layout }: Planned, json: boolean): number {
  const text = composeFile({
    module: `targets/${plan.target}/target.ts`,
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
