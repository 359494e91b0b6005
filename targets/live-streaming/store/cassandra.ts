/** The store on Cassandra: writes are confirmed by the region's own node, and reach the other region's by replication. */
import cassandra, { type Client } from "cassandra-driver";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../service/log.ts";
import { reason } from "../service/log.ts";
import type { EndpointSettings } from "../service/configuration.ts";
import { parseDefects } from "../origin/candidate.ts";
import type { Publication } from "../origin/metadata.ts";
import { parseToken } from "../stream/token.ts";
import { bucketSegments, createSchema, keyspace, schemaIsThere } from "./schema.ts";
import type { Store } from "./store.ts";

export interface CassandraSettings {
  readonly contact: EndpointSettings;
  readonly local: EndpointSettings;
  readonly dataCentre: string;
  readonly dataCentres: readonly string[];
  readonly createsSchema: boolean;
}

/** Keeps dialling until the node and the schema are there. */
export async function connectCassandra(settings: CassandraSettings, log: Log, signal: AbortSignal): Promise<Store> {
  const client = await connect(settings, log, signal);
  if (settings.createsSchema) await createSchema(client, settings.dataCentres, signal);
  else await schemaIsThere(client, signal);
  return createStore(client);
}

async function connect(settings: CassandraSettings, log: Log, signal: AbortSignal): Promise<Client> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const client = createClient(settings);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.shutdown().catch(() => undefined);
      if (attempt % 20 === 0) log("waiting for the store", { reason: reason(error).split("\n")[0] });
      await sleep(300, undefined, { signal });
    }
  }
}

function createClient(settings: CassandraSettings): Client {
  const { policies, types } = cassandra;
  return new cassandra.Client({
    contactPoints: [`${settings.contact.host}:${settings.contact.port}`],
    localDataCenter: settings.dataCentre,
    policies: {
      addressResolution: translator(settings),
      // The default backs off to ten minutes; a node that returns must be used again at once.
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(500),
      loadBalancing: new policies.loadBalancing.DCAwareRoundRobinPolicy(settings.dataCentre),
    },
    socketOptions: { readTimeout: 700, connectTimeout: 500, defunctReadTimeoutThreshold: 16 },
    pooling: { heartBeatInterval: 2000, coreConnectionsPerHost: { [types.distance.local]: 2, [types.distance.remote]: 0 } },
    // Tables are known from the schema beside this file, and whether all nodes have them is asked there.
    isMetadataSyncEnabled: false,
    protocolOptions: { maxSchemaAgreementWaitSeconds: 0 },
    queryOptions: { prepare: true, isIdempotent: true, consistency: types.consistencies.localQuorum },
  });
}

/** The local node tells its own address; it must be dialled where it is reached, or a proxy between would be bypassed. */
function translator(settings: CassandraSettings): cassandra.policies.addressResolution.AddressTranslator {
  const translate = (address: string, port: number, callback: (endpoint: string) => void): void => {
    callback(address === settings.local.host ? `${settings.contact.host}:${settings.contact.port}` : `${address}:${port}`);
  };
  // The driver insists on an instance of its own class, and exports it only through this function.
  return Object.assign(cassandra.policies.defaultAddressTranslator(), { translate });
}

const cql = {
  writeChunk: `INSERT INTO ${keyspace}.chunk (event, rendition, number, stamp, part, body) VALUES (?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  writePublication: `INSERT INTO ${keyspace}.publication (event, rendition, bucket, number, pipeline, stamp, sha256, bytes, defects, published_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  readChunk: `SELECT body FROM ${keyspace}.chunk WHERE event = ? AND rendition = ? AND number = ? AND stamp = ? AND part = ?`,
  readPublications: `SELECT * FROM ${keyspace}.publication WHERE event = ? AND rendition = ? AND bucket = ? AND number = ?`,
  readRange: `SELECT * FROM ${keyspace}.publication WHERE event = ? AND rendition = ? AND bucket = ? AND number >= ? AND number <= ?`,
  writeDirective: `INSERT INTO ${keyspace}.directive (event, id, version, body) VALUES (?, ?, ?, ?) USING TIMESTAMP ?`,
  readDirectives: `SELECT * FROM ${keyspace}.directive WHERE event = ?`,
} as const;

export function bucketOf(number: number): number {
  return Math.floor(number / bucketSegments);
}

function createStore(client: Client): Store {
  const localOne = { consistency: cassandra.types.consistencies.localOne };
  // Written with the token's own time: a replay changes nothing, and an older publication never covers a newer one.
  const timestamp = (token: string): cassandra.types.Long =>
    cassandra.types.Long.fromNumber((parseToken(token)?.madeAtMs ?? Date.now()) * 1000);
  return {
    async writeChunk({ event, rendition, number }, token, index, body) {
      await client.execute(cql.writeChunk, [event, rendition, number, token, index, body, timestamp(token)]);
    },
    async writePublication(row) {
      await client.execute(cql.writePublication, [
        row.event, row.rendition, bucketOf(row.number), row.number, row.pipeline, row.token, row.sha256, row.bytes,
        row.defects.join(","), new Date(row.publishedAtMs), timestamp(row.token),
      ]);
    },
    async readChunk({ event, rendition, number }, token, index) {
      const result = await client.execute(cql.readChunk, [event, rendition, number, token, index], localOne);
      const body: unknown = result.first()?.["body"];
      return Buffer.isBuffer(body) ? body : null;
    },
    async readPublications({ event, rendition, number }) {
      const result = await client.execute(cql.readPublications, [event, rendition, bucketOf(number), number], localOne);
      return result.rows.map(publicationOf);
    },
    async readRange(event, rendition, from, to) {
      const buckets = Array.from({ length: bucketOf(to) - bucketOf(from) + 1 }, (_, index) => bucketOf(from) + index);
      const results = await Promise.all(buckets.map((bucket) => client.execute(cql.readRange, [event, rendition, bucket, from, to], localOne)));
      return results.flatMap((result) => result.rows.map(publicationOf));
    },
    async writeDirective({ event, id, version, body }) {
      const { Long } = cassandra.types;
      await client.execute(cql.writeDirective, [event, id, Long.fromNumber(version), body, Long.fromNumber(version * 1000)]);
    },
    async readDirectives(event) {
      const result = await client.execute(cql.readDirectives, [event], localOne);
      return result.rows.map((row) => ({ event: String(row["event"]), id: String(row["id"]), version: Number(row["version"]), body: String(row["body"]) }));
    },
    close: () => client.shutdown(),
  };
}

function publicationOf(row: cassandra.types.Row): Publication {
  const publishedAt: unknown = row["published_at"];
  return {
    event: String(row["event"]), rendition: String(row["rendition"]), number: Number(row["number"]), pipeline: String(row["pipeline"]),
    token: String(row["stamp"]), sha256: String(row["sha256"]), bytes: Number(row["bytes"]),
    defects: parseDefects(String(row["defects"] ?? "")) ?? [], publishedAtMs: publishedAt instanceof Date ? publishedAt.getTime() : 0,
  };
}
