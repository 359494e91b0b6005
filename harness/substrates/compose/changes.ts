/**
 * What a run changes of containers that are not its own. Each change is in the ledger with the old
 * state before it is made. The same function reverts it at the end of a fault, at the end of a run,
 * and after a crash.
 */
import type Docker from "dockerode";
import type { UndoLedger } from "../../record/undo.ts";
import type { Changed } from "../adapter.ts";
import { engineError, isGone } from "../docker/engine.ts";

/** The connection of a container to a network, as a user can ask for it. */
export interface Attachment {
  readonly network: string;
  readonly settings: Docker.EndpointSettings;
}

/** Something of a container that a run is about to change. */
export type Change =
  /** It runs; reverted by a start. */
  | { readonly what: "running" }
  /** It is not paused. */
  | { readonly what: "unpaused" }
  | { readonly what: "network"; readonly before: Attachment }
  /** It has looked up the names of others; reverted by a restart, which makes it look again. */
  | { readonly what: "names" };

export class Changes {
  readonly #docker: Docker;
  readonly #undo: UndoLedger;
  readonly #at: string;
  readonly #open = new Set<() => Promise<void>>();

  constructor(docker: Docker, undo: UndoLedger, at: string) {
    this.#docker = docker;
    this.#undo = undo;
    this.#at = at;
  }

  /** Call it before the change. The result reverts it once; a failed attempt can be repeated. */
  note(container: string, change: Change): () => Promise<void> {
    const before = "before" in change ? JSON.stringify(change.before) : "";
    const { what } = change;
    const undone = this.#undo.record({
      kind: "changed",
      substrate: "compose",
      what,
      name: container,
      at: this.#at,
      before,
    });
    const once = async (): Promise<void> => {
      if (!this.#open.has(once)) return;
      await revert(this.#docker, container, change);
      this.#open.delete(once);
      undone();
    };
    this.#open.add(once);
    return once;
  }

  /** The last change first. */
  async revertAll(): Promise<void> {
    const failures: string[] = [];
    for (const one of [...this.#open].reverse())
      await one().catch((error: Error) => failures.push(error.message));
    if (failures.length > 0) throw new Error(failures.join("; "));
  }
}

/** Reverts what a dead run noted; returns what could not be reverted. */
export async function revertNoted(docker: Docker, changed: readonly Changed[]): Promise<string[]> {
  const left: string[] = [];
  for (const { what, name, before } of changed) {
    try {
      const change = { what, ...(before === "" ? {} : { before: JSON.parse(before) }) } as Change;
      await revert(docker, name, change);
    } catch (error) {
      left.push((error as Error).message);
    }
  }
  return left;
}

/** Does nothing if nothing is left to revert, or if its user has removed the container. */
async function revert(docker: Docker, container: string, change: Change): Promise<void> {
  const one = docker.getContainer(container);
  try {
    const { State, NetworkSettings, Name } = await one.inspect();
    switch (change.what) {
      case "running":
        if (!State.Running) await one.start();
        return;
      case "unpaused":
        if (State.Paused) await one.unpause();
        return;
      case "names":
        if (State.Running) await one.restart();
        return;
      case "network":
        await attach(docker, container, change.before, NetworkSettings.Networks);
        return;
      default:
        throw new Error(`${Name}: what was changed is unknown: ${(change as Change).what}`);
    }
  } catch (error) {
    if (!isGone(error)) throw engineError(error, `restore the container ${container.slice(0, 12)}`);
  }
}

/** The part of a connection that a user states; the engine adds the short id as an alias itself. */
export function attachmentOf(container: string, settings: Docker.EndpointSettings): Attachment {
  const { Aliases, IPAMConfig, Links, DriverOpts, NetworkID = "" } = settings as Asked;
  return {
    network: NetworkID,
    settings: {
      ...(Aliases ? { Aliases: Aliases.filter((name) => !container.startsWith(name)) } : {}),
      ...(IPAMConfig ? { IPAMConfig } : {}),
      ...(Links ? { Links } : {}),
      ...(DriverOpts ? { DriverOpts } : {}),
    } as Docker.EndpointSettings,
  };
}

interface Asked {
  readonly Aliases?: readonly string[] | null;
  readonly IPAMConfig?: object | null;
  readonly Links?: readonly string[] | null;
  readonly DriverOpts?: object | null;
  readonly NetworkID?: string;
}

export async function detach(docker: Docker, container: string, network: string): Promise<void> {
  await docker.getNetwork(network).disconnect({ Container: container, Force: true });
}

/** Connects a container as stated, unless it is connected so already. */
export async function attach(
  docker: Docker,
  container: string,
  { network, settings }: Attachment,
  now: Readonly<Record<string, Docker.EndpointSettings>>,
): Promise<void> {
  const present = Object.values(now).find(({ NetworkID }) => NetworkID === network);
  if (present !== undefined) {
    const { settings: found } = attachmentOf(container, present);
    if (JSON.stringify(found) === JSON.stringify(settings)) return;
    await detach(docker, container, network);
  }
  await docker.getNetwork(network).connect({ Container: container, EndpointConfig: settings });
}
