/**
 * Varnish as an edge cache: bounded memory, few threads, no jail (a container or a laptop has no
 * user to switch to).
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

/** Varnish's `-n` within the service's own folder: where its counters live. */
export const workDirectoryName = "varnish";

/**
 * What is under way at a SIGTERM may take this long, and up to a second more: longer than any
 * request may be held.
 */
export const drainSeconds = 4;

/**
 * `run.sh` on a Varnish: a shell costs a start nothing that could be measured, and a megabyte of
 * memory.
 */
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
    // What is live or owned never gives way to what is old and only passing through.
    "-s",
    "main=malloc,192m",
    "-s",
    "old=malloc,64m",
    "-s",
    "Transient=malloc,64m",
    // A waiting viewer holds no thread (only a fetch does), so a few hundred carry thousands of
    // them.
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

/** Bans everything that is cached now. */
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
