/**
 * Starts a target on any substrate: services in the order of their dependencies, until the requests
 * of users are answered.
 */
import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { Clock, Deployment } from "../target/deployment.ts";
import type { DeployRequest } from "./substrate.ts";
import {
  addressText,
  type Endpoint,
  type Layout,
  type PlayCheck,
  type Service,
} from "../target/layout.ts";
import { storageError } from "../system/files.ts";
import { httpGet } from "../system/network.ts";
import { isLasting } from "../system/request-failure.ts";
import { openSession } from "../system/session.ts";

/** Time in ms from the readiness of the last service to an answer to every play check. */
const playableWithinMs = 60_000;

/** The run's own folder, with one per service; removed with its content. */
export function makeScratch(request: DeployRequest): { path: string; remove: () => Promise<void> } {
  const path = join(tmpdir(), `seawall-${request.runId}`);
  const undone = request.undo.record({ kind: "directory", path });
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // It belongs to another run, so this one must not remove it.
    undone();
    throw storageError(
      path,
      error,
      "Set another folder for temporary files with the environment variable TMPDIR.",
    );
  }
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      undone();
    },
  };
}

/**
 * Starts each service as soon as its dependencies are ready. The first failure stops the others and
 * is the one reported.
 */
export async function startInOrder(
  layout: Layout,
  deployment: Deployment,
  signal: AbortSignal,
  progress: (text: string) => void,
  clock: Clock,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const started = new Map<string, Promise<void>>();
  const startedMs = clock.monotonicMs();
  let ready = 0;
  const start = (service: Service): Promise<void> => {
    const known = started.get(service.name);
    if (known !== undefined) return known;
    const promise = (async () => {
      await Promise.all(service.dependsOn.map((name) => start(deployment.instance(name).service)));
      await deployment.instance(service.name).start(either);
      progress(
        `${++ready}/${layout.services.length} ready: ${service.name} after ` +
          `${((clock.monotonicMs() - startedMs) / 1000).toFixed(1)} s`,
      );
    })();
    started.set(service.name, promise);
    promise.catch((error: unknown) => failed.abort(error));
    return promise;
  };
  const all = await Promise.allSettled(layout.services.map(start));
  signal.throwIfAborted();
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const one of all) if (one.status === "rejected") throw one.reason;
}

export async function untilPlayable(
  layout: Layout,
  deployment: Deployment,
  clock: Clock,
  signal: AbortSignal,
  progress: (text: string) => void,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + playableWithinMs;
  progress("waiting until the target answers requests");
  for (;;) {
    const waiting = await Promise.all(
      layout.playable(clock.nowMs()).map(async (check) => {
        const endpoint = deployment.instance(check.service).endpoint(check.port);
        const answer = await answerTo(endpoint, check, signal);
        return answer === "200" ? [] : [`${check.service}${check.path}: ${answer}`];
      }),
    );
    signal.throwIfAborted();
    const missing = waiting.flat();
    if (missing.length === 0) return refuseAlwaysOk(layout, deployment, clock.nowMs(), signal);
    if (clock.monotonicMs() > deadlineMs) {
      throw new SeawallError(
        "SERVICE_FAILED",
        `all services are up, but after ${playableWithinMs / 1000} s requests are still not ` +
          `answered: ${missing.slice(0, 3).join("; ")}`,
        {
          hint: "The services' logs are in the run directory under logs/.",
        },
      );
    }
    await clock.sleep(100, signal);
  }
}

/** The status, or why there is none. Throws what no wait heals. */
async function answerTo(
  endpoint: Endpoint,
  { service, path, session = endpoint.access?.session }: PlayCheck,
  signal: AbortSignal,
): Promise<string> {
  try {
    const headers =
      session === undefined ? {} : await openSession(endpoint, session, { agent: false, signal });
    const options = { timeoutMs: 3_000, discardBody: true, headers, signal };
    return String((await httpGet(endpoint, path, options)).status);
  } catch (error) {
    if (!isLasting(error)) return (error as Error).message;
    throw new SeawallError(
      "SERVICE_FAILED",
      `${service} does not answer at ${addressText(endpoint)}: ${(error as Error).message}`,
      {
        cause: error,
        hint: "More time does not help: fix the service, or its description in the target.",
      },
    );
  }
}

/**
 * A server with a fallback page answers 200 to everything, so every user would count as served,
 * whatever is broken.
 */
async function refuseAlwaysOk(
  layout: Layout,
  deployment: Deployment,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const wrong = await Promise.all(
    (layout.absent?.(nowMs) ?? []).map(async (check) => {
      const { service, port, path } = check;
      const answer = await answerTo(deployment.instance(service).endpoint(port), check, signal);
      return answer === "200" ? [`${service}${path}`] : [];
    }),
  );
  signal.throwIfAborted();
  const [first] = wrong.flat();
  if (first === undefined) return;
  throw new SeawallError(
    "TARGET_ANSWERS_ANYTHING",
    `${first} cannot exist yet, and the answer is 200: this target answers 200 to anything`,
    {
      hint: "A fallback page hides every failure. Answer 404 for what is missing, or fix the path.",
    },
  );
}
