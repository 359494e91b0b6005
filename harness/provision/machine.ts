/**
 * Other properties of this machine: cores, memory, disk, loopback addresses, a Docker engine, a
 * browser, package clients.
 */

import { statfsSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { availableParallelism, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { programsInPath } from "./tools/program.ts";
import { chromiumPath } from "../system/browser.ts";

const engineTimeoutMs = 2_000;

/** Whether something works, and otherwise why not. */
export interface Ability {
  readonly works: boolean;
  readonly detail: string;
}

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly memoryFreeBytes: number;
  readonly zoneAddresses: Ability;
  readonly docker: Ability;
  readonly browser: Ability;
  /** Programs that download tools, by name: the path, or null. */
  readonly clients: Readonly<Record<string, string | undefined>>;
}

export async function inspectMachine(env: NodeJS.ProcessEnv): Promise<Machine> {
  const [zoneAddresses, docker] = await Promise.all([bindable("127.1.1.1"), dockerEngine(env)]);
  return {
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    memoryFreeBytes: freemem(),
    zoneAddresses,
    docker,
    browser: browser(env),
    clients: Object.fromEntries(
      ["apt-get", "go", "mvn", "java", "gcc"].map((name) => [
        name,
        programsInPath(name, env)[0]?.executable,
      ]),
    ),
  };
}

/** Free bytes on the file system that contains, or would contain, `path`. */
export function freeDiskBytes(path: string): number | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      const { bavail, bsize } = statfsSync(folder);
      return bavail * bsize;
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}

/** Each zone has its own loopback address, which some systems must be configured to accept. */
function bindable(address: string): Promise<Ability> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) =>
      resolve({ works: false, detail: `${address} cannot be bound: ${error.message}` }),
    );
    server.listen(0, address, () =>
      server.close(() => resolve({ works: true, detail: `${address} can be bound` })),
    );
  });
}

/** Pings the engine of DOCKER_HOST, or of the usual socket. */
export function dockerEngine(env: NodeJS.ProcessEnv): Promise<Ability> {
  const host = env.DOCKER_HOST || "unix:///var/run/docker.sock";
  const address = host.startsWith("unix://")
    ? { socketPath: host.slice("unix://".length) }
    : tcpAddress(host);
  if (address === undefined)
    return Promise.resolve({
      works: false,
      detail: `DOCKER_HOST=${host} is neither unix:// nor tcp://`,
    });
  return new Promise((resolve) => {
    const asked = request(
      { ...address, path: "/_ping", agent: false, timeout: engineTimeoutMs },
      (response) => {
        response.resume();
        const works = response.statusCode === 200;
        resolve({
          works,
          detail: works ? `an engine answers on ${host}` : `${host} answers ${response.statusCode}`,
        });
      },
    );
    asked.once("timeout", () => asked.destroy(new Error("no answer")));
    asked.once("error", (error) =>
      resolve({
        works: false,
        detail: `no engine on ${host} (${"code" in error ? error.code : error.message})`,
      }),
    );
    asked.end();
  });
}

function tcpAddress(host: string): { host: string; port: string } | undefined {
  if (!host.startsWith("tcp://") || !URL.canParse(host)) return undefined;
  const { hostname, port } = new URL(host);
  return { host: hostname, port: port || "2375" };
}

/** Looked up in the same way as for players. */
function browser(env: NodeJS.ProcessEnv): Ability {
  const found = chromiumPath(env);
  return found === null
    ? {
        works: false,
        detail: "none, so no real players: apt-get install chromium, or set CHROMIUM",
      }
    : { works: true, detail: found };
}
