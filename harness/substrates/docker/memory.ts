/** How much memory a container may take before the kernel ends it: generous, so that only what runs away meets it. */
import type { Service } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";

const megabytes: Readonly<Partial<Record<ToolName | "nginx", number>>> = {
  cassandra: 1_536,
  varnish: 768,
  ffmpeg: 768,
  node: 512,
  memcached: 256,
  nginx: 256,
  toxiproxy: 256,
};

/** In bytes; the largest that any of the service's tools asks for. */
export function memoryOf(service: Service): number {
  return Math.max(256, ...service.tools.map((name) => megabytes[name] ?? 256)) * 2 ** 20;
}
