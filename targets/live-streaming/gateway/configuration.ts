/** All that a gateway is told at launch. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

export const gatewayShape = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9/-]{0,63}$/),
  region: name,
  event: name,
  renditions: z
    .array(z.object({ name, kind: z.enum(["video", "audio"]), bitsPerSecond: z.int().positive() }))
    .min(1),
  listen: endpointShape,
  control: endpointShape,
  controlToken: z.string().min(1),
  /**
   * Signs the tokens of sessions; the same for all gateways of a target, so that each knows the
   * others' sessions.
   */
  tokenKey: z.string().min(16),
  edges: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9][a-z0-9/-]{0,63}$/),
        region: name,
        /** Where this gateway asks for the edge's health… */
        poll: endpointShape,
        /** …and where devices find it. */
        url: z.url({ protocol: /^https?$/ }),
        /** This gateway's part of what the edge can send: gateways do not talk to one another. */
        capacityBitsPerSecond: z.int().positive(),
      }),
    )
    .min(1),
  /** A request takes at least so long to be read, one that is refused too; see `station.ts`. */
  requestMsMin: z.number().min(0).max(100),
  /** A write of events takes the disk at least so long, be it one event or a batch. */
  writeMsMin: z.number().min(0).max(100),
  /** Starts worked on at once. */
  signers: z.int().min(1).max(64),
  /** scrypt's N, which sets the work of one start. */
  keyCost: z
    .int()
    .min(2)
    .max(1 << 20)
    .refine((cost) => (cost & (cost - 1)) === 0, "must be a power of two"),
  /**
   * A start keeps its signer for at least so long, as one that asks a licence server would: a fast
   * processor must not make the gateway larger than it is meant to be.
   */
  startMsMin: z.int().min(0).max(1_000),
  sessionsMax: z.int().positive(),
  connectedMax: z.int().positive(),
  eventsQueueMax: z.int().positive(),
  /** Where events are stored. */
  eventsFile: z.string().startsWith("/"),
  defences: z.object({
    backoffGuidance: z.boolean(),
    admission: z.boolean(),
    steering: z.boolean(),
    jitter: z.boolean(),
    boundedIngest: z.boolean(),
  }),
});

export type GatewayConfiguration = z.infer<typeof gatewayShape>;
