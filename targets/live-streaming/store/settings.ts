/** An origin's store settings. */
import { z } from "zod";
import { endpointShape } from "../service/configuration.ts";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

const cassandraShape = z.object({
  kind: z.literal("cassandra"),
  /** The nodes of the own region. */
  nodes: z
    .array(
      z.object({
        /** Where it is dialled, perhaps through a proxy… */
        contact: endpointShape,
        /** …and the address that it announces. */
        local: endpointShape,
      }),
    )
    .min(1),
  dataCentre: name,
  dataCentres: z.array(z.object({ name, nodes: z.int().min(1) })).min(1),
  /** Copies per data centre, limited by its number of nodes. */
  copiesMax: z.int().min(1),
  createsSchema: z.boolean(),
});

const objectStoreShape = z.object({ kind: z.literal("objectStore"), endpoint: endpointShape });

export const storeShape = z.discriminatedUnion("kind", [cassandraShape, objectStoreShape]);
export type StoreSettings = z.infer<typeof storeShape>;
export type CassandraSettings = z.infer<typeof cassandraShape>;
