/**
 * A size-limited folder for one service, so that its disk can be full while no other is. It is a
 * file system in memory, which the engine mounts over the service's folder. Its content is lost
 * when the service ends, so a killed service returns empty.
 */
import type { FaultOf } from "../../../faults/faults.ts";
import type { Impairment } from "../../../target/deployment.ts";
import type { Evidence } from "../../../target/evidence.ts";
import { runBeside } from "../exec.ts";
import type { DockerEffect, Making, Struck } from "../effect.ts";

export const effect: DockerEffect<FaultOf<"fullDisk">> = {
  kind: "fullDisk",
  prepare: inQuotaVolume,
  impose: (_fault, struck) => filled(struck),
};

/**
 * The files of a database in a run of some minutes fit; only written data uses memory.
 */
const volumeBytes = 512 * 2 ** 20;

/** The mount of the service's host folder in the container; its content is copied at each start. */
function outside(directory: string): string {
  return `${directory}.outside`;
}

function inQuotaVolume({ command, env, user, host }: Making, directory: string): Making {
  const [uid, gid] = user.split(":");
  const bytes = (host.Memory ?? 0) + volumeBytes;
  return {
    env,
    user,
    command: [
      "/bin/sh",
      "-e",
      "-c",
      'cp -a "$1.outside/." "$1/"; cd "$1"; shift; exec "$@"',
      "room",
      directory,
      ...command,
    ],
    host: {
      ...host,
      Memory: bytes,
      MemorySwap: bytes,
      Binds: (host.Binds ?? []).map((bind) =>
        bind === `${directory}:${directory}` ? `${directory}:${outside(directory)}` : bind,
      ),
      // `exec`: some programs unpack their libraries there.
      Tmpfs: { [directory]: `exec,size=${volumeBytes},mode=0755,uid=${uid},gid=${gid}` },
    },
  };
}

/** Allocates all free space, then what is freed meanwhile, block by block. */
const fill =
  `cd "$1"; fallocate -l "$(df --output=avail -B1 . | tail -n 1)" .seawall-ballast ` +
  "2>/dev/null; cat /dev/zero >> .seawall-ballast 2>/dev/null; true";
const look =
  `cd "$1"; if dd if=/dev/zero of=.seawall-look bs=4096 count=1 2>&1; then printf '\\nroom'; ` +
  `else printf '\\nfull'; fi; rm -f .seawall-look`;

async function filled({ container, directory }: Struck): Promise<Impairment> {
  const run = (script: string): Promise<string> =>
    runBeside(container, { command: "/bin/sh", args: ["-c", script, "sh", directory], env: {} });
  const observeVolume = async (expected: "full" | "room"): Promise<Evidence> => {
    const output = (await run(look)).split("\n");
    return {
      landed: output.at(-1) === expected,
      observation:
        output.at(-1) === "room"
          ? `a write to ${directory} succeeds`
          : `a write to ${directory} fails: ${output[0]}`,
    };
  };
  await run(fill);
  return {
    observe: () => observeVolume("full"),
    undo: async () => {
      await run('rm -f "$1/.seawall-ballast"');
      return observeVolume("room");
    },
  };
}
