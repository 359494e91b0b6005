/** Finds a service of a running target. */
import { SeawallError } from "../base/errors.ts";
import type { Service } from "../target/layout.ts";

export function named<I extends { readonly service: Service }>(
  instances: readonly I[],
  name: string,
): I {
  const found = instances.find(({ service }) => service.name === name);
  if (found === undefined)
    throw new SeawallError("PLAN_REFUSED", `the target has no service "${name}"`);
  return found;
}
