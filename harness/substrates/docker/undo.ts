/** Removes all containers and networks of a run by their label. */
import type Docker from "dockerode";
import { connectEngine, engineError, isGone } from "./engine.ts";
import { ofRun } from "./labels.ts";

const withinMs = 30_000;

/**
 * Returns what is still there afterwards, in words; empty on success. Throws ENGINE_FAILED if the
 * engine is unreachable.
 */
export async function removeOfRun(docker: Docker, runId: string): Promise<readonly string[]> {
  const abortSignal = AbortSignal.timeout(withinMs);
  const filters = { label: ofRun(runId) };
  try {
    const containers = await docker.listContainers({ all: true, filters, abortSignal });
    const left = await Promise.all(
      containers.map(({ Id, Names }) =>
        removed(
          `container ${Names[0]?.slice(1) ?? Id}`,
          docker.getContainer(Id).remove({ force: true, v: true, abortSignal }),
        ),
      ),
    );
    // A network can be removed only when it is empty.
    const networks = await docker.listNetworks({
      filters: JSON.stringify(filters),
      abortSignal,
    } as Docker.NetworkListOptions);
    left.push(
      ...(await Promise.all(
        networks.map(({ Id, Name }) =>
          removed(`network ${Name}`, docker.getNetwork(Id).remove({ abortSignal })),
        ),
      )),
    );
    return left.flat();
  } catch (error) {
    throw engineError(error, `list what the run ${runId} left`);
  }
}

async function removed(what: string, removing: Promise<unknown>): Promise<string[]> {
  try {
    await removing;
    return [];
  } catch (error) {
    // 409: its removal is already in progress.
    return isGone(error) || (error as { statusCode?: number }).statusCode === 409
      ? []
      : [`${what}: ${engineError(error, "remove it").message}`];
  }
}

/** Like {@link removeOfRun}; an unreachable engine is itself reported as left. */
export async function sweepEngine(
  env: Readonly<Record<string, string | undefined>>,
  runId: string,
): Promise<readonly string[]> {
  try {
    return await removeOfRun(await connectEngine(env), runId);
  } catch (error) {
    return [(error as Error).message];
  }
}
