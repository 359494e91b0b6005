/**
 * The documents of the target alone: `up --json` once it plays, `down --json`, `image --json`,
 * `compose --json`.
 */
import { z } from "zod";

export const targetDocument = z.object({
  format: z.literal("seawall-target/1"),
  target: z.string(),
  topology: z.string(),
  substrate: z.string(),
  entries: z
    .array(z.object({ service: z.string(), url: z.string() }))
    .meta({ description: "where users go in" }),
  logs: z.string().meta({ description: "the folder of every service's log" }),
});

export const downDocument = z.object({
  format: z.literal("seawall-down/1"),
  ended: z
    .array(z.string())
    .meta({ description: "what `up` had started and is down now; empty when nothing was up" }),
});

export const imageDocument = z.object({
  format: z.literal("seawall-image/1"),
  name: z.string().meta({ description: "under which the engine has it" }),
  built: z.boolean().meta({ description: "false: it was there already" }),
});

export const composeDocument = z.object({
  format: z.literal("seawall-compose/1"),
  target: z.string(),
  topology: z.string(),
  text: z.string().meta({ description: "of docker-compose.yml" }),
});
