/** Memory limits of containers: generous, so that only runaway services reach them. */
import type { Service } from "../../target/layout.ts";
import type { ToolName } from "../../target/tools.ts";

/** For the tools that any target may use; services with other tools declare their own. */
const megabytes: Readonly<Record<ToolName, number>> = { node: 512 };
const otherwise = 256;

/** In bytes: the service's own value, or the largest of its tools. */
export function memoryOf(service: Service): number {
  return (
    Math.max(
      service.memoryMb ?? otherwise,
      ...service.tools.map((name) => megabytes[name] ?? otherwise),
    ) *
    2 ** 20
  );
}
