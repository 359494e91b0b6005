/** The launch configuration of the object store. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";

const latencyShape = z
  .object({ p50: z.number().positive().max(60_000), p99: z.number().positive().max(60_000) })
  .refine(({ p50, p99 }) => p99 >= p50, "p99 must not be less than p50");

export const objectStoreShape = z.object({
  listen: endpointShape,
  /** The folder of the objects, created if absent. */
  directory: z.string().startsWith("/"),
  seed: z.number(),
  readMs: latencyShape,
  writeMs: latencyShape,
  requestsPerSecondMax: z.number().positive(),
  keptSeconds: z.number().positive(),
  keptForEver: z.array(z.string()),
});

export type ObjectStoreConfiguration = z.infer<typeof objectStoreShape>;
