/** The launch configuration of the process that supervises nginx. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";
import { nginxShape } from "./conf.ts";

export const nginxEdgeShape = z.strictObject({
  nginx: z.strictObject({
    executable: z.string().min(1),
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()),
  }),
  /** The service's own folder: cache, temporary files and log. */
  directory: z.string().startsWith("/"),
  admin: endpointShape,
  settings: nginxShape,
});

export type NginxEdgeConfiguration = z.infer<typeof nginxEdgeShape>;
