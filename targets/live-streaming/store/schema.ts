/** The tables, and how one origin creates them while the others wait. */
import type { Client, QueryOptions } from "cassandra-driver";
import { setTimeout as sleep } from "node:timers/promises";

export const keyspace = "live";
/**
 * Five minutes of segments share a partition, so that a range needs few reads and no partition
 * grows without bound.
 */
export const bucketSegments = 150;
/**
 * A little more than the one-hour DVR window. Whole files then expire together and leave no
 * tombstones.
 */
const keptSeconds = 2 * 3600;

const options = `WITH default_time_to_live = ${keptSeconds} AND gc_grace_seconds = 3600
  AND compaction = {'class': 'TimeWindowCompactionStrategy',
    'compaction_window_unit': 'MINUTES', 'compaction_window_size': 10}`;

const tablesOf = (name: string): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${name}.publication (
    event text, rendition text, bucket int, number int, pipeline text, stamp text, sha256 text,
    bytes int, defects text, published_at timestamp,
    PRIMARY KEY ((event, rendition, bucket), number, pipeline)) ${options}`,
  // The token is part of the key, so a second publication never mixes its chunks with the first
  // one's. Its column is `stamp`, because `token` is reserved in CQL. Bodies are media, which is
  // already compressed.
  `CREATE TABLE IF NOT EXISTS ${name}.chunk (
    event text, rendition text, number int, stamp text, part int, body blob,
    PRIMARY KEY ((event, rendition, number, stamp), part))
    ${options} AND compression = {'enabled': false}`,
  // Few rows, kept as long as the event. An expiry would let a mask lapse.
  `CREATE TABLE IF NOT EXISTS ${name}.directive (event text, id text, version bigint, body ` +
    "text, PRIMARY KEY (event, id))",
  // Never read or written. A node lists a table before it has opened it, and refuses requests to it
  // meanwhile. Each table is created when all nodes have opened the one before. So if this one is
  // listed, the others are open everywhere.
  `CREATE TABLE IF NOT EXISTS ${name}.ready (nothing text PRIMARY KEY) ${options}`,
];

/** A schema change on busy cores takes far longer than a read. */
const changeMs = 15_000;

export function replication(dataCentres: readonly DataCentre[], copiesMax: number): string {
  const copies = dataCentres.map(({ name, nodes }) => `'${name}': ${Math.min(copiesMax, nodes)}`);
  return `{'class': 'NetworkTopologyStrategy', ${copies.join(", ")}}`;
}

interface DataCentre {
  readonly name: string;
  readonly nodes: number;
}

interface Copies {
  readonly dataCentres: readonly DataCentre[];
  readonly copiesMax: number;
  /** The client's own. */
  readonly dataCentre: string;
}

export async function createSchema(
  client: Client,
  { dataCentres, copiesMax, dataCentre }: Copies,
  signal: AbortSignal,
  name = keyspace,
): Promise<void> {
  // An origin that restarts finds the schema in place. With a zone lost, no schema change could be
  // agreed on.
  if (await tablesThere(client, name).catch(() => false)) return;
  // A keyspace cannot name a data centre that does not exist yet, and a node that joins during the
  // change may miss tables.
  await until(async () => {
    const there = await nodes(client, dataCentre);
    return dataCentres.every(
      (each) => there.filter((node) => node.dataCentre === each.name).length >= each.nodes,
    );
  }, signal);
  const keyspaceStatement =
    `CREATE KEYSPACE IF NOT EXISTS ${name} WITH replication = ` +
    `${replication(dataCentres, copiesMax)}`;
  for (const statement of [keyspaceStatement, ...tablesOf(name)]) {
    // A table that two nodes create at once has two identities, and a node that received the other
    // rejects all later changes. So each statement goes to one node, once. The next statement, or a
    // retry, follows when all nodes know the result.
    await until(async () => {
      if (!(await agreed(client, dataCentre))) return false;
      await client.execute(statement, [], {
        ...atOneNode(client, dataCentre),
        isIdempotent: false,
        readTimeout: changeMs,
      });
      return true;
    }, signal);
  }
}

/** The same node each time, while it is up. Throws if none is. */
function atOneNode(client: Client, dataCentre: string): QueryOptions {
  const host = client.hosts
    .values()
    .filter((each) => each.datacenter === dataCentre && each.isUp())
    .toSorted((one, other) => one.address.localeCompare(other.address))[0];
  if (host === undefined) throw new Error("no node is up");
  return { prepare: false, host };
}

async function agreed(client: Client, dataCentre: string): Promise<boolean> {
  return new Set((await nodes(client, dataCentre)).map(({ schema }) => schema)).size === 1;
}

/** As one node sees them, because a node and its peers may not list a third. */
async function nodes(
  client: Client,
  dataCentre: string,
): Promise<{ dataCentre: string; schema: string }[]> {
  const options = atOneNode(client, dataCentre);
  const results = await Promise.all(
    ["system.local", "system.peers"].map((table) =>
      client.execute(`SELECT data_center, schema_version FROM ${table}`, [], options),
    ),
  );
  return results.flatMap(({ rows }) =>
    rows.map((row) => ({
      dataCentre: String(row["data_center"]),
      schema: String(row["schema_version"]),
    })),
  );
}

/** A row that reaches a node before its table is lost there, and a query is refused. */
export function schemaIsThere(client: Client, signal: AbortSignal, name = keyspace): Promise<void> {
  return until(() => tablesThere(client, name), signal);
}

async function tablesThere(client: Client, name: string): Promise<boolean> {
  const found = await client.execute(
    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?",
    [name],
    { prepare: false },
  );
  return found.rows.length >= tablesOf(name).length;
}

/** A starting store may be slow or refuse. The statements are idempotent, so they are repeated. */
async function until(holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await holds().catch(() => false))) await sleep(100, undefined, { signal });
}
