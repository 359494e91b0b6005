/**
 * The store on Cassandra. A majority of the region's nodes confirms each write, and replication
 * carries it to the other regions. A read asks one node, and a majority only if that node lacks the
 * row.
 */
import type { Publication } from "../stream/candidate.ts";
import cassandra, { type Client } from "cassandra-driver";
import { setTimeout as sleep } from "node:timers/promises";
import { type Log, reason } from "../service/log.ts";
import { inTime } from "../service/in-time.ts";
import { parseDefects } from "../stream/candidate.ts";
import { parseToken } from "../stream/token.ts";
import { bucketSegments, createSchema, keyspace, schemaIsThere } from "./schema.ts";
import type { CassandraSettings } from "./settings.ts";
import type { Store } from "./store.ts";

/**
 * Speculative execution: if a node is silent this long, the same request also goes to another, and
 * the first answer counts. The value is above the store's target latency, so that a generally slow
 * store gets few extra requests.
 */
const hedgeAfterMs = 150;

/** Keeps connecting until the node and the schema exist. */
export async function connectCassandra(
  settings: CassandraSettings,
  log: Log,
  signal: AbortSignal,
): Promise<Store> {
  const client = await connect(settings, log, signal);
  if (settings.createsSchema) await createSchema(client, settings, signal);
  else await schemaIsThere(client, signal);
  return createStore(client, settings.nodes.length);
}

async function connect(
  settings: CassandraSettings,
  log: Log,
  signal: AbortSignal,
): Promise<Client> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const client = createClient(settings);
    try {
      await inTime(client.connect(), settledWithinMs);
      return client;
    } catch (error) {
      await inTime(client.shutdown(), settledWithinMs).catch(() => undefined);
      if (attempt % 20 === 0)
        log("waiting for the store", { reason: reason(error).split("\n")[0] });
      await sleep(300, undefined, { signal });
    }
  }
}

/**
 * Far more than a healthy node needs, even on a busy machine. The driver has been seen to wait
 * forever for a starting node, neither connected nor refused. Such a client is abandoned, and a new
 * one tries again.
 */
const settledWithinMs = 8_000;

function createClient(settings: CassandraSettings): Client {
  const { policies, types } = cassandra;
  return new cassandra.Client({
    contactPoints: settings.nodes.map(({ contact }) => `${contact.host}:${contact.port}`),
    localDataCenter: settings.dataCentre,
    policies: {
      addressResolution: translator(settings),
      speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
        hedgeAfterMs,
        1,
      ),
      // The default backs off to ten minutes. A node that returns must be used at once.
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(500),
      loadBalancing: new policies.loadBalancing.DCAwareRoundRobinPolicy(settings.dataCentre),
    },
    socketOptions: { readTimeout: 700, connectTimeout: 500, defunctReadTimeoutThreshold: 16 },
    pooling: {
      heartBeatInterval: 2000,
      coreConnectionsPerHost: { [types.distance.local]: 2, [types.distance.remote]: 0 },
    },
    // The tables are known from the schema beside this file, which also checks that all nodes have
    // them.
    isMetadataSyncEnabled: false,
    protocolOptions: { maxSchemaAgreementWaitSeconds: 0 },
    queryOptions: {
      prepare: true,
      isIdempotent: true,
      consistency: types.consistencies.localQuorum,
    },
  });
}

/**
 * Nodes announce their own addresses. Each must be dialled through its given endpoint, or a proxy
 * in between would be bypassed.
 */
function translator(
  settings: CassandraSettings,
): cassandra.policies.addressResolution.AddressTranslator {
  const dialled = new Map(
    settings.nodes.map(({ local, contact }) => [local.host, `${contact.host}:${contact.port}`]),
  );
  const translate = (address: string, port: number, callback: (endpoint: string) => void): void => {
    callback(dialled.get(address) ?? `${address}:${port}`);
  };
  // The driver requires an instance of its own class, and exports it only through this function.
  return Object.assign(cassandra.policies.defaultAddressTranslator(), { translate });
}

const cql = {
  writeChunk:
    `INSERT INTO ${keyspace}.chunk (event, rendition, number, stamp, part, body) VALUES (?, ` +
    "?, ?, ?, ?, ?) USING TIMESTAMP ?",
  writePublication: `INSERT INTO ${keyspace}.publication
    (event, rendition, bucket, number, pipeline, stamp, sha256, bytes, defects, published_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
  readChunk:
    `SELECT body FROM ${keyspace}.chunk WHERE event = ? AND rendition = ? AND number = ? AND ` +
    "stamp = ? AND part = ?",
  readPublications:
    `SELECT * FROM ${keyspace}.publication WHERE event = ? AND rendition = ? AND bucket = ? ` +
    "AND number = ?",
  readRange:
    `SELECT * FROM ${keyspace}.publication WHERE event = ? AND rendition = ? AND bucket = ? ` +
    "AND number >= ? AND number <= ?",
  writeDirective:
    `INSERT INTO ${keyspace}.directive (event, id, version, body) VALUES (?, ?, ?, ?) USING ` +
    "TIMESTAMP ?",
  readDirectives: `SELECT * FROM ${keyspace}.directive WHERE event = ?`,
} as const;

export function bucketOf(number: number): number {
  return Math.floor(number / bucketSegments);
}

function createStore(client: Client, copies: number): Store {
  const localOne = { consistency: cassandra.types.consistencies.localOne };
  // A majority wrote it, so one node may lack it while a majority has it.
  const localQuorum = { consistency: cassandra.types.consistencies.localQuorum };
  // Written with the token's own time, so that a replay changes nothing and an older publication
  // never replaces a newer one.
  const timestamp = (token: string): cassandra.types.Long =>
    cassandra.types.Long.fromNumber((parseToken(token)?.madeAtMs ?? Date.now()) * 1000);
  return {
    async writeChunk({ event, rendition, number }, token, index, body) {
      await client.execute(cql.writeChunk, [
        event,
        rendition,
        number,
        token,
        index,
        body,
        timestamp(token),
      ]);
    },
    async writePublication(row) {
      await client.execute(cql.writePublication, [
        row.event,
        row.rendition,
        bucketOf(row.number),
        row.number,
        row.pipeline,
        row.token,
        row.sha256,
        row.bytes,
        row.defects.join(","),
        new Date(row.publishedAtMs),
        timestamp(row.token),
      ]);
    },
    async readChunk({ event, rendition, number }, token, index) {
      const parameters = [event, rendition, number, token, index];
      let result = await client.execute(cql.readChunk, parameters, localOne);
      if (result.rowLength === 0 && copies > 1)
        result = await client.execute(cql.readChunk, parameters, localQuorum);
      const body: unknown = result.first()?.["body"];
      return Buffer.isBuffer(body) ? body : null;
    },
    async readPublications({ event, rendition, number }) {
      const result = await client.execute(
        cql.readPublications,
        [event, rendition, bucketOf(number), number],
        localQuorum,
      );
      return result.rows.map(publicationOf);
    },
    async readRange(event, rendition, from, to) {
      const buckets = Array.from(
        { length: bucketOf(to) - bucketOf(from) + 1 },
        (_, index) => bucketOf(from) + index,
      );
      const results = await Promise.all(
        buckets.map((bucket) =>
          client.execute(cql.readRange, [event, rendition, bucket, from, to], localQuorum),
        ),
      );
      return results.flatMap((result) => result.rows.map(publicationOf));
    },
    async writeDirective({ event, id, version, body }) {
      const { Long } = cassandra.types;
      await client.execute(cql.writeDirective, [
        event,
        id,
        Long.fromNumber(version),
        body,
        Long.fromNumber(version * 1000),
      ]);
    },
    async readDirectives(event) {
      const result = await client.execute(cql.readDirectives, [event], localQuorum);
      return result.rows.map((row) => ({
        event: String(row["event"]),
        id: String(row["id"]),
        version: Number(row["version"]),
        body: String(row["body"]),
      }));
    },
    close: () => client.shutdown(),
  };
}

function publicationOf(row: cassandra.types.Row): Publication {
  const publishedAt: unknown = row["published_at"];
  return {
    event: String(row["event"]),
    rendition: String(row["rendition"]),
    number: Number(row["number"]),
    pipeline: String(row["pipeline"]),
    token: String(row["stamp"]),
    sha256: String(row["sha256"]),
    bytes: Number(row["bytes"]),
    defects: parseDefects(String(row["defects"] ?? "")) ?? [],
    publishedAtMs: publishedAt instanceof Date ? publishedAt.getTime() : 0,
  };
}
