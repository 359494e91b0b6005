/** The docker substrate for the registry: services as containers of an engine on this machine. */
import { join } from "node:path";
import type { SubstrateAdapter } from "../adapter.ts";
import { dockerSubstrate } from "./deploy.ts";
import { connectEngine, engineAddress, engineObstacle } from "./engine.ts";
import { ensureImage } from "./image/ensure.ts";
import { imageName } from "./image/image.ts";
import { dockerSupport } from "./support.ts";
import { sweepEngine } from "./undo.ts";

export const adapter: SubstrateAdapter = {
  refusal: ({ own }) =>
    own !== true
      ? null
      : {
          why: "its image does not contain the target",
          hint:
            "Use --substrate process; what runs in containers can be brought up with " +
            "`outside`.",
        },
  // Not chosen by default while the image is missing, because a build takes minutes.
  obstacle: ({ root, env }) => engineObstacle(env, imageName(root)),
  why: (how) => (how === "asked" ? "asked for" : "an engine answers and has the image"),
  supports: dockerSupport,
  // The image contains the others.
  tools: () => ["node", "k6"],
  prepare: async (surroundings) =>
    void (await ensureImage(surroundings, await connectEngine(surroundings.env))),
  real: (surroundings, _tools, clock) =>
    dockerSubstrate({
      clock,
      cacheDirectory: join(surroundings.cacheDirectory, "media"),
      root: surroundings.root,
      engineHost: engineAddress(surroundings.env).host,
      engine: () => connectEngine(surroundings.env),
      image: (docker) => ensureImage(surroundings, docker),
    }),
  sweep: sweepEngine,
  // DOCKER_HOST may have named another engine then than today.
  undo: (runId, at) => sweepEngine({ DOCKER_HOST: at }, runId),
  doctor: async ({ root, env }, { docker }) => {
    if (!docker.works) return docker;
    const unfit = await engineObstacle(env, null);
    if (unfit !== null) return { works: false, detail: unfit };
    return {
      works: true,
      detail: (await engineObstacle(env, imageName(root))) ?? `${docker.detail} and has the image`,
    };
  },
};
