/** The launch configuration of a packager. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

export const packagerShape = z.object({
  pipeline: name,
  event: name,
  renditions: z
    .array(
      z.object({
        name,
        kind: z.enum(["video", "audio"]),
        bitsPerSecond: z.int().positive(),
        width: z.int().positive().optional(),
        height: z.int().positive().optional(),
      }),
    )
    .min(1)
    .refine(
      (all) => new Set(all.map((each) => each.name)).size === all.length,
      "two renditions have the same name",
    ),
  backfillSegments: z.int().min(0).max(1_800),
  /**
   * The least time from the end of a live segment to its first PUT. The packager waits for the
   * remainder.
   */
  packagingMsMin: z.int().min(0).max(1_000),
  listen: endpointShape,
  control: endpointShape,
  controlToken: z.string().min(1),
  /** Publish origins of its own region, the nearest first. */
  publishTo: z.array(endpointShape).min(1).max(8),
  ffmpeg: z.object({
    executable: z.string(),
    args: z.array(z.string()),
    env: z.record(z.string(), z.string()),
  }),
  cacheDirectory: z.string().startsWith("/"),
  /** Survives the process, so that a restarted packager still knows its acknowledgements. */
  journalFile: z.string().startsWith("/"),
  seed: z.number(),
  defences: z.object({ epochLocking: z.boolean() }),
});

export type PackagerConfiguration = z.infer<typeof packagerShape>;
