/**
 * The engine's events about ended containers of a run and their reasons, except for those that the
 * harness ended.
 */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { engineError } from "./engine.ts";
import { ofRun } from "./labels.ts";

export interface Died {
  readonly containerId: string;
  readonly detail: string;
}

interface EngineEvent {
  readonly Action?: string;
  readonly status?: string;
  readonly id?: string;
  readonly Actor?: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

interface Listener {
  died(died: Died): void;
  /** The engine's event stream ended before disposal, so later events are unknown. */
  lost(why: string): void;
  /** True if the harness itself ended it, and reports that directly. */
  isExpected(containerId: string): boolean;
}

/** Watches until disposed. */
export async function watchExits(
  docker: Docker,
  runId: string,
  { died, lost, isExpected }: Listener,
): Promise<Disposable> {
  const stop = new AbortController();
  const stream = (await docker
    .getEvents({
      filters: { label: ofRun(runId), type: ["container"], event: ["die", "oom"] },
      abortSignal: stop.signal,
    } as Docker.GetEventsOptions)
    .catch((error: unknown) => {
      throw engineError(error, "listen to its events");
    })) as Readable;
  const starved = new Set<string>();
  createInterface({ input: stream })
    .on("line", (line) => void handleEvent(line))
    .on("error", () => {});
  stream
    .on("error", () => {})
    .once("close", () => {
      if (!stop.signal.aborted) lost("its stream of events ended");
    });

  async function handleEvent(line: string): Promise<void> {
    const event = parsed(line);
    const containerId = event?.Actor?.ID ?? event?.id;
    if (event === null || containerId === undefined) return;
    if ((event.Action ?? event.status) === "oom") starved.add(containerId);
    else {
      const exitCode = event.Actor?.Attributes["exitCode"] ?? "?";
      died({
        containerId,
        detail:
          isExpected(containerId) && !starved.has(containerId)
            ? detailOf(exitCode, false, 0)
            : await describe(containerId, exitCode),
      });
    }
  }

  async function describe(containerId: string, exitCode: string): Promise<string> {
    const inspected = await docker
      .getContainer(containerId)
      .inspect()
      .catch(() => null);
    const oom = inspected?.State.OOMKilled === true || starved.has(containerId);
    return detailOf(exitCode, oom, inspected?.HostConfig.Memory ?? 0);
  }

  return { [Symbol.dispose]: () => stop.abort() };
}

/** Exit statuses above 128 are signals: 137 is SIGKILL, 143 SIGTERM. */
export function detailOf(exitCode: string, outOfMemory: boolean, memoryBytes: number): string {
  const limit = memoryBytes > 0 ? ` of ${Math.round(memoryBytes / 2 ** 20)} MiB` : "";
  if (outOfMemory)
    return (
      `ended by the kernel: it wanted more memory than its limit${limit} (exit status ` +
      `${exitCode})`
    );
  const signal = { 130: "SIGINT", 134: "SIGABRT", 137: "SIGKILL", 139: "SIGSEGV", 143: "SIGTERM" }[
    Number(exitCode)
  ];
  return signal === undefined
    ? `exit status ${exitCode}`
    : `ended by ${signal} (exit status ${exitCode})`;
}

function parsed(line: string): EngineEvent | null {
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return null;
  }
}
