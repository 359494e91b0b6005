/** The compose substrate for the registry: containers that a user's own project keeps. */
import { supportOf } from "../../faults/faults.ts";
import type { SubstrateAdapter } from "../adapter.ts";
import { connectEngine, engineObstacle, isLocal } from "../docker/engine.ts";
import { removeOfRun, sweepEngine } from "../docker/undo.ts";
import { supportsEffect } from "../effects.ts";
import { revertNoted } from "./changes.ts";
import { composeSubstrate } from "./deploy.ts";
import { containersOf, projectProblems } from "./project.ts";
import { engineOf, forbidden } from "./permission.ts";

const name = "compose";
const inside = "nothing is changed inside of containers that are not its own";

export const adapter: SubstrateAdapter = {
  refusal: ({ runsOn }) =>
    runsOn === name
      ? null
      : {
          why: "the target is not a compose project",
          hint: "Describe one with composeTarget(), or use another --substrate.",
        },
  forbidden: ({ env }, allowed) => forbidden(env, allowed),
  obstacle: ({ env }) => engineObstacle({ DOCKER_HOST: engineOf(env).host }, null),
  missing: async ({ env }, layout) => {
    const { host } = engineOf(env);
    const { project, outside } = layout;
    if (project === undefined || outside !== undefined) return [];
    // A plan needs no engine. The run says that there is none.
    if ((await engineObstacle({ DOCKER_HOST: host }, null)) !== null) return [];
    const docker = await connectEngine({ DOCKER_HOST: host }, "anywhere");
    return projectProblems(await containersOf(docker, project), layout);
  },
  why: () => "the target is a compose project",
  supports: () =>
    supportOf(
      { processes: true, pausing: true, links: true, operations: true, zoneNetworks: true },
      supportsEffect(new Map(), {
        clockSkew: inside,
        fullDisk: inside,
        outOfDescriptors: inside,
        packetLoss: inside,
      }),
    ),
  tools: ({ layout }) => ["node", "k6", ...(layout.links.length > 0 ? ["toxiproxy"] : [])],
  real: ({ env }, tools, clock) => {
    const { host } = engineOf(env);
    return composeSubstrate({
      engine: () => connectEngine({ DOCKER_HOST: host }, "anywhere"),
      engineHost: host,
      tools,
      clock,
    });
  },
  sweep: async (env, runId) => {
    const { host } = engineOf(env);
    return isLocal(host) ? sweepEngine({ DOCKER_HOST: host }, runId) : [];
  },
  undo: async (runId, at, changed) => {
    try {
      const docker = await connectEngine({ DOCKER_HOST: at }, "anywhere");
      // The proxies hold the names that the services get back.
      const left = await removeOfRun(docker, runId);
      return [...left, ...(await revertNoted(docker, changed))];
    } catch (error) {
      return [(error as Error).message];
    }
  },
  doctor: async ({ env }, { docker }) => {
    const refused = forbidden(env, []);
    if (refused !== null) return { works: false, detail: refused.why };
    if (!docker.works) return docker;
    const unfit = await engineObstacle({ DOCKER_HOST: engineOf(env).host }, null);
    return unfit === null ? docker : { works: false, detail: unfit };
  },
};
