/** Claims the first slot whose ports are free, so that two runs on one machine do not touch each other. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SeawallError } from "../../core/errors.ts";
import type { UndoLedger } from "../../core/ports.ts";
import type { Endpoint, Layout } from "../../core/target.ts";
import { makeFolders } from "../../system/files.ts";
import { bindProblem, holderOf } from "../../system/network.ts";
import { mayBeSameProcess, statOf } from "../../system/processes.ts";
import { type Addresses, addressesOf, slots } from "./addresses.ts";

export interface ClaimedSlot {
  readonly addresses: Addresses;
  /** What kept the slots before this one from being used. */
  readonly skipped: readonly string[];
  release(): void;
}

export async function claimSlot(layout: Layout, stateDirectory: string, undo: UndoLedger): Promise<ClaimedSlot> {
  makeFolders(stateDirectory);
  const skipped: string[] = [];
  for (let slot = 0; slot < slots; slot++) {
    const lock = join(stateDirectory, `slot-${slot}.lock`);
    if (!take(lock)) {
      skipped.push(`slot ${slot} belongs to another run`);
      continue;
    }
    const undone = undo.record({ kind: "directory", path: lock });
    const release = (): void => {
      rmSync(lock, { force: true });
      undone();
    };
    const addresses = addressesOf(layout, slot);
    const problem = await firstProblem(addresses.all);
    if (problem === null) return { addresses, skipped, release };
    release();
    skipped.push(problem);
  }
  throw new SeawallError("PORT_BUSY", `no room for the target on this machine:\n${skipped.map((line) => `  - ${line}`).join("\n")}`, {
    hint: "End what holds these ports, or run `seawall recover` if it was left by an earlier run.",
  });
}

/** Exclusive creation is the claim; a lock whose owner is dead is nobody's. */
function take(lock: string): boolean {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(lock, "wx");
      writeSync(file, JSON.stringify({ pid: process.pid, startTicks: statOf(process.pid)?.startTicks ?? 0 }));
      closeSync(file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (ownerIsAlive(lock)) return false;
      rmSync(lock, { force: true });
    }
  }
  return false;
}

function ownerIsAlive(lock: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(lock, "utf8")) as { pid: number; startTicks: number };
    return mayBeSameProcess(owner.pid, owner.startTicks);
  } catch {
    return false;
  }
}

async function firstProblem(endpoints: readonly Endpoint[]): Promise<string | null> {
  for (const endpoint of endpoints) {
    const code = await bindProblem(endpoint);
    if (code === null) continue;
    const where = `${endpoint.host}:${endpoint.port}`;
    if (code === "EADDRNOTAVAIL") {
      throw new SeawallError("PORT_BUSY", `the loopback address ${endpoint.host} does not exist on this machine`, {
        hint: `Only Linux answers on all of 127.0.0.0/8 by itself; elsewhere add it: sudo ifconfig lo0 alias ${endpoint.host}`,
      });
    }
    const holder = code === "EADDRINUSE" ? holderOf(endpoint.port) : null;
    return code === "EADDRINUSE" ? `port ${where} is busy${holder === null ? "" : `: held by ${holder}`}` : `port ${where} cannot be used (${code})`;
  }
  return null;
}
