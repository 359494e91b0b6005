/** The launch configuration of a gateway. */
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
   * Signs session tokens. All gateways of a target share it, so that each accepts the others'
   * sessions.
   */
  tokenKey: z.string().min(16),
  edges: z
    .array(
      z.object({
        name: z.string().regex(/^[a-z0-9][a-z0-9/-]{0,63}$/),
        region: name,
        /** Where this gateway polls the edge's health… */
        poll: endpointShape,
        /** …and where devices reach the edge. */
        url: z.url({ protocol: /^https?$/ }),
        /**
         * This gateway's part of the edge's capacity. Gateways do not communicate with one another.
         */
        capacityBitsPerSecond: z.int().positive(),
      }),
    )
    .min(1),
  /**
   * The least time that reading a request takes, also for one that is refused; see
   * `serial-stage.ts`.
   */
  requestMsMin: z.number().min(0).max(100),
  /** The least time that a write of events occupies the disk, for one event or a batch. */
  writeMsMin: z.number().min(0).max(100),
  /** Concurrent starts. */
  signers: z.int().min(1).max(64),
  /** scrypt's N, which sets the work of one start. */
  keyCost: z
    .int()
    .min(2)
    .max(1 << 20)
    .refine((cost) => (cost & (cost - 1)) === 0, "must be a power of two"),
  /**
   * The least time that a start occupies its signer, as a call to a licence server would. A fast
   * processor thus does not enlarge the gateway.
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
