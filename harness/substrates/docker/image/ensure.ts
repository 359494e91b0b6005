/** Builds the image for the docker substrate and `docker compose up`, unless the engine has it. */
import { SeawallError } from "../../../base/errors.ts";
import { filesOfBase, makeBaseFolder } from "../../../provision/base.ts";
import { type Progress, provision } from "../../../provision/provision.ts";
import { showProgress } from "../../../provision/render.ts";
import type { Surroundings } from "../../adapter.ts";
import type { connectEngine } from "../engine.ts";
import {
  baseName,
  buildImage,
  copiedFromTools,
  hasImage,
  importBase,
  imageName,
  packagesOfImage,
  pulled,
  registryParts,
} from "./image.ts";
import { inImage, type Parts } from "./paths.ts";

type Engine = Awaited<ReturnType<typeof connectEngine>>;
type Context = Pick<Surroundings, "root" | "env" | "signal" | "stderr">;

/**
 * Resolves with the image's name once the engine has it. A build shows its progress on standard
 * error.
 */
export async function ensureImage(context: Context, docker: Engine): Promise<string> {
  const name = imageName(context.root);
  if (await hasImage(docker, name)) return name;
  using display = showProgress(context.stderr);
  const parts = await partsOf(context, docker, display.progress);
  display.progress({ tool: "image", step: "building it" });
  await buildImage(docker, context.root, parts, context.signal, (line) =>
    display.progress({ tool: "image", step: "building it", detail: line }),
  );
  display.progress({ tool: "image", step: `ready: ${name}` });
  return name;
}

/**
 * A base that was built here before, otherwise the registry's images, otherwise a base that is
 * built now.
 */
async function partsOf(
  context: Context,
  docker: Engine,
  progress: (progress: Progress) => void,
): Promise<Parts> {
  const { env, signal, root } = context;
  const own = baseName(root, [process.versions.node]);
  const required = registryParts(root);
  const made = Object.fromEntries(Object.keys(required).map((name) => [name, own]));
  if (await hasImage(docker, own)) return made;
  progress({ tool: "image", step: "asking the registry for its parts" });
  if (
    await allPulled(docker, required, signal, (detail) =>
      progress({ tool: "image", step: "asking the registry for its parts", detail }),
    )
  )
    return required;
  progress({ tool: "image", step: "making a base here: no registry answers" });
  const copied = copiedFromTools(root);
  const tools = await provision(["node", ...Object.keys(copied)], { env, signal, progress });
  try {
    await using folder = await makeBaseFolder(
      packagesOfImage(root),
      filesOfBase(tools, { node: inImage.node, ...copied }),
      { path: inImage.baseMark, text: `${own}\n` },
      { env, signal, progress },
    );
    progress({ tool: "image", step: "handing the base to the engine" });
    await importBase(docker, folder.path, own, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SeawallError) throw error;
    throw new SeawallError(
      "ENGINE_FAILED",
      "the image cannot be built: no registry answers, and a base cannot be made here: " +
        `${(error as Error).message}`,
      {
        cause: error,
        hint:
          "Let the engine reach a registry, run this on Debian or Ubuntu with apt, or use " +
          "--substrate process.",
      },
    );
  }
  return made;
}

async function allPulled(
  docker: Engine,
  parts: Parts,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<boolean> {
  for (const name of Object.values(parts)) {
    if (!(await hasImage(docker, name)) && !(await pulled(docker, name, signal, say))) return false;
  }
  return true;
}
