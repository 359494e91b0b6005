/** Waits until a service is ready. */
import type { Clock } from "../target/deployment.ts";
import type { Endpoint, Service } from "../target/layout.ts";
import { httpGet, tryConnect } from "../system/network.ts";

/** Polling costs processor time that the service needs for its start. */
const readyEveryMs = 150;

/**
 * Null when it is ready; its last answer if it is not ready in time. `lost` ends the wait early.
 */
export async function untilReady(
  service: Service,
  endpoint: (port: string) => Endpoint,
  clock: Clock,
  signal?: AbortSignal,
  lost: () => string | null = () => null,
): Promise<string | null> {
  const deadlineMs = clock.monotonicMs() + service.readyWithinMs;
  for (;;) {
    const answer = await asked(service, endpoint);
    if (answer === null) return null;
    signal?.throwIfAborted();
    const why = lost();
    if (why !== null) return why;
    if (clock.monotonicMs() > deadlineMs) return answer;
    await clock.sleep(readyEveryMs, signal);
  }
}

async function asked(
  { ready }: Service,
  endpoint: (port: string) => Endpoint,
): Promise<string | null> {
  if (ready.kind === "tcp") {
    const connection = await tryConnect(endpoint(ready.port), 500);
    return connection === "accepted" ? null : `the connection is ${connection}`;
  }
  return httpGet(endpoint(ready.port), ready.path, { timeoutMs: 1_000 }).then(
    ({ status }) => (status === 200 ? null : `it answers ${status}`),
    (error: Error) => error.message,
  );
}
