/** The tables, and how one origin makes them while the others wait until they are there. */
import type { Client, QueryOptions } from "cassandra-driver";
import { setTimeout as sleep } from "node:timers/promises";

export const keyspace = "live";
/**
 * Five minutes of segments share a partition, so that a range is few reads and no partition grows
 * for ever.
 */
export const bucketSegments = 150;
/**
 * A little more than the hour that may be rewound; whole files then expire together and leave no
 * tombstones behind.
 */
const keptSeconds = 2 * 3600;

const options = `WITH default_time_to_live = ${keptSeconds} AND gc_grace_seconds = 3600
  AND compaction = {'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES', 'compaction_window_size': 10}`;

const tablesOf = (name: string): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${name}.publication (event text, rendition text, bucket int, number int, pipeline text, stamp text,
    sha256 text, bytes int, defects text, published_at timestamp, PRIMARY KEY ((event, rendition, bucket), number, pipeline)) ${options}`,
  // The token (called stamp, since CQL keeps the other word for itself) is part of the key: a
  // second publication never mixes its chunks with the first one's. Bodies are media, already
  // compressed.
  `CREATE TABLE IF NOT EXISTS ${name}.chunk (event text, rendition text, number int, stamp text, part int, body blob,
    PRIMARY KEY ((event, rendition, number, stamp), part)) ${options} AND compression = {'enabled': false}`,
  // Few rows, kept for as long as the event: a lifetime would let a mask lapse.
  `CREATE TABLE IF NOT EXISTS ${name}.directive (event text, id text, version bigint, body ` +
    "text, PRIMARY KEY (event, id))",
  // Nobody reads or writes it. A node names a table before it has opened it, and refuses what is
  // asked of it meanwhile; each table is made when all nodes have opened the one before, so where
  // this one is named, the others are open everywhere.
  `CREATE TABLE IF NOT EXISTS ${name}.ready (nothing text PRIMARY KEY) ${options}`,
];

/** A change of schema on busy cores takes far longer than a read. */
const changeMs = 15_000;

export function replication(dataCentres: readonly DataCentre[], copiesMax: number): string {
  return (
    "{'class': 'NetworkTopologyStrategy', " +
    `${dataCentres.map(({ name, nodes }) => `'${name}': ${Math.min(copiesMax, nodes)}`).join(", ")}}`
  );
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
  // An origin that comes back finds it made: with a zone lost, nothing of it could be agreed on.
  if (await tablesThere(client, name).catch(() => false)) return;
  // A keyspace cannot name a data centre that is not there yet, and a node that joins while tables
  // are made may miss them.
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
    // A table that two nodes make at once has two identities, and a node that was told of the other
    // never takes in any change again. So each statement goes to one node, once, and the next, or
    // the same again, when all know what came of it.
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

/** The same one each time, for as long as it is up. Throws where none is. */
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

/**
 * As one node sees them: what one says of itself and another of its peers may leave out a third.
 */
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

/** A row that reaches a node before its table does is lost there, and a question is refused. */
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

/**
 * A store that is just starting may be slow to answer or refuse; the statements are idempotent, so
 * they are simply put again.
 */
async function until(holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await holds().catch(() => false))) await sleep(100, undefined, { signal });
}
