/** nginx as an edge: a small process that runs nginx and counts its requests. */
import { extname, resolve } from "node:path";
import { nodeProgram, type NodeService, type Program } from "../service/program.ts";
import type { NginxEdgeConfiguration } from "./configuration.ts";

export function nginxProgram(
  node: Pick<NodeService, "node" | "cacheDirectory">,
  configuration: NginxEdgeConfiguration,
): Program {
  return nodeProgram({
    ...node,
    directory: configuration.directory,
    main: resolve(import.meta.dirname, `main${extname(import.meta.filename)}`),
    heapMb: 64,
    configuration,
  });
}
