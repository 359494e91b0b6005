/** What the engine reports of containers with a label: each start, death and lack of memory. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { engineError } from "./engine.ts";

export type Action = "start" | "die" | "oom";

export interface ContainerEvent {
  readonly container: string;
  readonly action: Action;
  /** Of a death: `137`. */
  readonly exitCode: string;
  /** Epoch ms by the engine's clock. */
  readonly atMs: number;
}

export interface EventListener {
  happened(event: ContainerEvent): void;
  /** The stream ended before disposal, so later events are unknown. */
  lost(why: string): void;
}

interface EngineEvent {
  readonly Action?: string;
  readonly status?: string;
  readonly id?: string;
  readonly Actor?: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano?: number;
}

/** Watches until disposed. */
export async function watchEvents(
  docker: Docker,
  label: readonly string[],
  actions: readonly Action[],
  { happened, lost }: EventListener,
): Promise<Disposable> {
  const stop = new AbortController();
  const stream = (await docker
    .getEvents({
      filters: { label: [...label], type: ["container"], event: [...actions] },
      abortSignal: stop.signal,
    } as Docker.GetEventsOptions)
    .catch((error: unknown) => {
      throw engineError(error, "listen to its events");
    })) as Readable;
  createInterface({ input: stream })
    .on("line", (line) => {
      const event = parsed(line, actions);
      if (event !== null) happened(event);
    })
    .on("error", () => {});
  stream
    .on("error", () => {})
    .once("close", () => {
      if (!stop.signal.aborted) lost("its stream of events ended");
    });
  return { [Symbol.dispose]: () => stop.abort() };
}

function parsed(line: string, actions: readonly Action[]): ContainerEvent | null {
  try {
    const event = JSON.parse(line) as EngineEvent;
    const { Actor, timeNano = 0 } = event;
    const container = Actor?.ID ?? event.id;
    const action = actions.find((one) => one === (event.Action ?? event.status));
    if (container === undefined || action === undefined) return null;
    const exitCode = Actor?.Attributes["exitCode"] ?? "?";
    return { container, action, exitCode, atMs: timeNano / 1e6 };
  } catch {
    return null;
  }
}
