/** What `up --json` prints, as soon as the target plays. */
import { z } from "zod";

export const targetDocument = z.object({
  format: z.literal("seawall-target/1"),
  target: z.string(),
  topology: z.string(),
  substrate: z.string(),
  entries: z.array(z.object({ service: z.string(), url: z.string() })).meta({ description: "where viewers go in: edges and gateways" }),
  logs: z.string().meta({ description: "the folder of every service's log" }),
});
