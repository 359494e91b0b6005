/**
 * Launches Varnish as an edge cache: bounded memory, few threads, no jail (neither a container nor
 * a laptop has another user to switch to).
 */
import { resolve } from "node:path";
import type { EndpointSettings } from "../service/configuration.ts";
import type { Executable, Program } from "../service/program.ts";
import type { EdgeSettings } from "./settings.ts";
import { edgeVcl } from "./vcl.ts";

type Varnish = Executable & { readonly companions: Readonly<Record<string, string>> };

export interface EdgeNode {
  readonly varnish: Varnish;
  readonly directory: string;
  readonly listen: EndpointSettings;
  readonly admin: EndpointSettings;
  readonly settings: EdgeSettings;
}

/** Varnish's `-n` directory within the service's folder. It holds the counters. */
export const workDirectoryName = "varnish";

/**
 * The drain limit in seconds after SIGTERM, which the shell's polling can exceed by 1 s. It is
 * longer than any request may be held.
 */
export const drainSeconds = 4;

/** Runs `run.sh` around Varnish. The shell adds no measurable start-up time and 1 MB of memory. */
export function edgeProgram(node: EdgeNode): Program {
  const tools = ["varnishadm", "varnishstat"].map((name) => node.varnish.companions[name] ?? name);
  return {
    command: "/bin/sh",
    args: [
      resolve(import.meta.dirname, "run.sh"),
      `${node.directory}/${workDirectoryName}`,
      ...tools,
      String(drainSeconds),
      node.varnish.executable,
      ...varnishArguments(node),
    ],
    env: node.varnish.env,
    files: edgeVcl(node.settings),
  };
}

export function varnishArguments(node: EdgeNode): string[] {
  return [
    "-F",
    "-j",
    "none",
    ...node.varnish.args,
    "-n",
    `${node.directory}/${workDirectoryName}`,
    "-f",
    `${node.directory}/vcl/edge.vcl`,
    "-a",
    `${node.listen.host}:${node.listen.port}`,
    "-T",
    `${node.admin.host}:${node.admin.port}`,
    // Live and owned objects are never evicted for old objects that only pass through.
    "-s",
    "main=malloc,192m",
    "-s",
    "old=malloc,64m",
    "-s",
    "Transient=malloc,64m",
    // A waiting viewer holds no thread, only a fetch does. A few hundred threads carry thousands of
    // viewers.
    "-p",
    "thread_pools=2",
    "-p",
    "thread_pool_min=25",
    "-p",
    "thread_pool_max=500",
    "-p",
    "thread_pool_timeout=60",
    "-p",
    "listen_depth=4096",
    "-p",
    "timeout_idle=30",
    "-p",
    "http_req_size=16k",
    "-p",
    "http_req_hdr_len=4k",
    "-p",
    "http_max_hdr=64",
    "-p",
    "default_grace=0",
    "-p",
    "default_keep=0",
    "-p",
    "max_retries=2",
  ];
}

/** Bans every object that is cached now. */
export function flushProgram(
  varnish: Varnish,
  directory: string,
): Pick<Program, "command" | "args" | "env"> {
  return {
    command: varnish.companions["varnishadm"] ?? "varnishadm",
    args: ["-n", `${directory}/${workDirectoryName}`, "ban", "obj.status", "!=", "0"],
    env: varnish.env,
  };
}
