/** What the engine reports of the containers of a project: each start and each death. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { engineError } from "../docker/engine.ts";
import { ofProject } from "./project.ts";

export interface ContainerEvent {
  readonly container: string;
  readonly action: "start" | "die" | "oom";
  /** Of a death: `137`. */
  readonly exitCode: string;
  /** Epoch ms by the engine's clock. */
  readonly atMs: number;
}

interface Listener {
  happened(event: ContainerEvent): void;
  /** The stream ended before disposal, so later events are unknown. */
  lost(why: string): void;
}

interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano?: number;
}

/** Watches until disposed. */
export async function watchProject(
  docker: Docker,
  project: string,
  { happened, lost }: Listener,
): Promise<Disposable> {
  const stop = new AbortController();
  const stream = (await docker
    .getEvents({
      filters: { label: ofProject(project), type: ["container"], event: ["start", "die", "oom"] },
      abortSignal: stop.signal,
    } as Docker.GetEventsOptions)
    .catch((error: unknown) => {
      throw engineError(error, "listen to its events");
    })) as Readable;
  createInterface({ input: stream })
    .on("line", (line) => {
      const event = parsed(line);
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

function parsed(line: string): ContainerEvent | null {
  try {
    const { Action, Actor, timeNano = 0 } = JSON.parse(line) as EngineEvent;
    if (Actor === undefined || (Action !== "start" && Action !== "die" && Action !== "oom"))
      return null;
    const exitCode = Actor.Attributes["exitCode"] ?? "?";
    return { container: Actor.ID, action: Action, exitCode, atMs: timeNano / 1e6 };
  } catch {
    return null;
  }
}
