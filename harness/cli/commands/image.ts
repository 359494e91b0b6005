/**
 * `seawall image`: builds the image for the docker substrate and `docker compose up`. A run on
 * docker does the same on demand.
 */
import type { Define } from "../command.ts";
import { exitCodes } from "../../base/errors.ts";
import { connectEngine } from "../../substrates/docker/engine.ts";
import { ensureImage } from "../../substrates/docker/image/ensure.ts";
import { hasImage, imageName } from "../../substrates/docker/image/image.ts";
import type { Context } from "../../app/context.ts";

export const defineImage: Define = (program, context, end) =>
  program
    .command("image")
    .description("build the image for the docker substrate and `docker compose up`")
    .option("--json", "print its name, as JSON")
    .action(async (flags: { json?: boolean }) => end(await image(context, flags.json === true)));

export async function image(context: Context, json: boolean): Promise<number> {
  const docker = await connectEngine(context.env);
  const built = !(await hasImage(docker, imageName(context.root)));
  const name = await ensureImage(context, docker);
  if (json) context.stdout.json({ format: "seawall-image/1", name, built });
  else context.stdout.write(`${name}\n`);
  return exitCodes.held;
}
