/** What is known of the content that a target serves, in a plan and in a record. */
import { z } from "zod";

export const contentShapes = {
  rhythm: z
    .object({ ms: z.number(), name: z.string(), zeroMs: z.number() })
    .exactOptional()
    .meta({ description: "what comes in periods; missing where nothing does" }),
  content: (z.looseObject({}) as z.ZodType<object>).exactOptional().meta({
    description: "what the target serves, in the form that its pack and workloads use",
  }),
  bodies: z
    .object({
      name: z.string(),
      looks: z.string(),
      sizes: z.string(),
      variantTag: z.string(),
      variants: z.record(
        z.string(),
        z.object({ leastBytes: z.number(), sameAs: z.string().exactOptional() }),
      ),
      timed: z.array(z.string()),
      checksums: z.boolean(),
    })
    .exactOptional()
    .meta({ description: "what is known of the bodies that users get" }),
  facts: z
    .array(z.object({ label: z.string(), value: z.string() }))
    .exactOptional()
    .meta({ description: "of the target, for the reader of a report" }),
};
