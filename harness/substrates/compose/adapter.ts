/** The compose substrate for the registry: containers that a user's own project keeps. */
import type Docker from "dockerode";
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
const connect = (host: string): Promise<Docker> => connectEngine({ DOCKER_HOST: host }, "anywhere");
const obstacleAt = (host: string): Promise<string | null> =>
  engineObstacle({ DOCKER_HOST: host }, null, "anywhere");
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
  obstacle: ({ env }) => obstacleAt(engineOf(env).host),
  missing: async ({ env }, layout) => {
    const { host } = engineOf(env);
    const { project, outside } = layout;
    if (project === undefined || outside !== undefined) return [];
    // A plan needs no engine. The run says that there is none.
    if ((await obstacleAt(host)) !== null) return [];
    return projectProblems(await containersOf(await connect(host), project), layout);
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
      engine: () => connect(host),
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
      const docker = await connect(at);
      // The proxies hold the names that the services get back.
      const left = await removeOfRun(docker, runId);
      return [...left, ...(await revertNoted(docker, changed))];
    } catch (error) {
      return [(error as Error).message];
    }
  },
  doctor: async ({ env }, { docker }, _tools, allowed) => {
    const refused = forbidden(env, allowed);
    if (refused !== null) return { works: false, detail: refused.why };
    if (!docker.works) return docker;
    const unfit = await obstacleAt(engineOf(env).host);
    return unfit === null ? docker : { works: false, detail: unfit };
  },
};
