/**
 * How much memory a container may take before the kernel ends it: generous, so that only what runs
 * away meets it.
 */
import type { Service } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";

/** Of the tools that any target may ask for; a service on another one says it itself. */
const megabytes: Readonly<Record<ToolName, number>> = { node: 512 };
const otherwise = 256;

/** In bytes; what the service says, or the largest that any of its tools asks for. */
export function memoryOf(service: Service): number {
  return (
    Math.max(
      service.memoryMb ?? otherwise,
      ...service.tools.map((name) => megabytes[name] ?? otherwise),
    ) *
    2 ** 20
  );
}
