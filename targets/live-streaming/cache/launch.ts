/** Launches memcached: 256 KiB chunks of the last minutes, with bounded memory, for one region. */
import type { Executable, Program } from "../service/program.ts";
import type { EndpointSettings } from "../service/configuration.ts";

export interface CacheNode {
  readonly memcached: Executable;
  readonly listen: EndpointSettings;
  readonly memoryMb: number;
}

export function cacheProgram(node: CacheNode): Program {
  return {
    command: node.memcached.executable,
    args: [
      ...node.memcached.args,
      "-l",
      node.listen.host,
      "-p",
      String(node.listen.port),
      "-U",
      "0",
      "-m",
      String(node.memoryMb),
      "-I",
      "1m",
      "-t",
      "2",
      "-c",
      "1024",
    ],
    env: node.memcached.env,
    files: {},
  };
}
