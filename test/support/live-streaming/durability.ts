/**
 * Acknowledged segments are read back, damage in the store is found, and segments that a packager
 * corrupted are replaced or flagged.
 */
import { Client, types } from "cassandra-driver";
import { beforeAll, expect, test } from "vitest";
import type { Series } from "../../../harness/metrics/samples.ts";
import { acknowledged } from "../../../targets/live-streaming/pack/probes/durability.ts";
import {
  type JournalEntry,
  parseJournal,
} from "../../../targets/live-streaming/pack/probes/journal.ts";
import { type Counts, readBack } from "../../../targets/live-streaming/pack/probes/read-back.ts";
import { realClock } from "../../../harness/system/clock.ts";
import { bucketSegments, keyspace } from "../../../targets/live-streaming/store/schema.ts";
import { event } from "../../../targets/live-streaming/stream/event.ts";
import { controlToken, type Deployed } from "./deployed.ts";

const clock = realClock();
let target: Deployed;

const packagers = ["region-a/packager", "region-b/packager"];

async function journal(service: string): Promise<JournalEntry[]> {
  return parseJournal(await (await fetch(`${target.at(service, "http")}/journal`)).text(), 0);
}

async function readAll(
  entries: readonly JournalEntry[],
): Promise<{ counts: Counts; bad: string[] }> {
  const bad: string[] = [];
  const series: Series[] = [];
  const sink = {
    series: (one: Series) => series.push(one) - 1,
    sample: (id: number) => {
      const { outcome, pipeline } = series[id]?.tags ?? {};
      if (outcome !== "intact") bad.push(`${pipeline} ${outcome}`);
    },
  };
  return {
    counts: await readBack(
      acknowledged(entries),
      { deployment: target.deployment, sink, clock },
      new AbortController().signal,
    ),
    bad,
  };
}

const order = async (service: string, query: string): Promise<void> => {
  const response = await fetch(`${target.at(service, "control")}/defects?${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${controlToken}` },
  });
  expect(response.status).toBe(200);
};

/** The first live segment of a pipeline in this rendition that was published after `seq`. */
async function publishedAfter(
  service: string,
  rendition: string,
  seq: number,
): Promise<JournalEntry> {
  for (;;) {
    const found = (await journal(service)).find(
      (entry) => entry.seq > seq && entry.rendition === rendition && !entry.backfill,
    );
    if (found !== undefined) return found;
    await clock.sleep(200);
  }
}
const lastSeq = async (service: string): Promise<number> =>
  (await journal(service)).at(-1)?.seq ?? 0;

/** Registers the tests of a target that is up by then. */
export function keepsWhatItAcknowledged(up: () => Deployed): void {
  beforeAll(() => {
    target = up();
  });

  test("is stored, including rot that no inspection finds", async () => {
    const seq = await lastSeq("region-a/packager");
    await order("region-a/packager", "kind=rot&segments=1&rendition=v360");
    const rotten = await publishedAfter("region-a/packager", "v360", seq);
    const entries = (await Promise.all(packagers.map(journal))).flat();
    const startedMs = performance.now();
    const { counts, bad } = await readAll(entries);
    console.info(
      `${counts.intact} segments read back in ${Math.round(performance.now() - startedMs)} ms`,
    );
    expect([bad, counts]).toEqual([
      [],
      { intact: acknowledged(entries).length, missing: 0, different: 0, unread: 0 },
    ]);
    expect(counts.intact).toBeGreaterThan(2 * 3 * 20);
    // The rot was sent and acknowledged as it is. Only the other pipeline's checksum reveals it.
    const twin = (await journal("region-b/packager")).find(
      ({ number, rendition }) => number === rotten.number && rendition === "v360",
    );
    expect(twin?.sha256).not.toBe(rotten.sha256);
  });

  test("finds a segment changed or deleted in the store, although a cache still holds it", async () => {
    const cql = target.endpoint("region-a/cassandra", "cql");
    const client = new Client({
      contactPoints: [`${cql.host}:${cql.port}`],
      localDataCenter: "region-a",
      protocolOptions: { port: cql.port },
      queryOptions: { prepare: true, consistency: types.consistencies.all },
    });
    try {
      await client.connect();
      // Audio is short enough to be one chunk.
      const [changed, deleted, left] = (await journal("region-a/packager")).filter(
        ({ rendition }) => rendition === "audio",
      ) as [JournalEntry, JournalEntry, JournalEntry];
      const rowOf = async ({ number, pipeline }: JournalEntry): Promise<unknown[]> => {
        const found = await client.execute(
          `SELECT stamp FROM ${keyspace}.publication WHERE event = ? AND rendition = ? AND ` +
            "bucket = ? AND number = ? AND pipeline = ?",
          [event, "audio", Math.floor(number / bucketSegments), number, pipeline],
        );
        return [event, "audio", number, String(found.first()["stamp"]), 0];
      };
      const where = "WHERE event = ? AND rendition = ? AND number = ? AND stamp = ? AND part = ?";
      const key = await rowOf(changed);
      const body = (
        await client.execute(`SELECT body FROM ${keyspace}.chunk ${where}`, key)
      ).first()["body"] as Buffer;
      body.writeUInt8(body.readUInt8(1_000) ^ 1, 1_000);
      await client.execute(`UPDATE ${keyspace}.chunk SET body = ? ${where}`, [body, ...key]);
      await client.execute(`DELETE FROM ${keyspace}.chunk ${where}`, await rowOf(deleted));
      const { bad } = await readAll([changed, deleted, left]);
      expect(bad.sort()).toEqual(["a different", "a missing"]);
    } finally {
      await client.shutdown();
    }
  });

  test("replaces a defective segment by the other pipeline's, and flags it if both are defective", async () => {
    const served = async (
      number: number,
    ): Promise<{ status: number; defects: string | null; pipeline: string | null }> => {
      const answer = await fetch(
        `${target.at("region-a/edge", "http")}/live/main/v360/${number}.m4s`,
      );
      await answer.arrayBuffer();
      return {
        status: answer.status,
        defects: answer.headers.get("x-defects"),
        pipeline: answer.headers.get("x-pipeline"),
      };
    };
    const spoiledBy = async (services: readonly string[], kind: string): Promise<number> => {
      const seqs = await Promise.all(services.map(lastSeq));
      await Promise.all(services.map((service) => order(service, `kind=${kind}&segments=4`)));
      const entries = await Promise.all(
        services.map((service, index) => publishedAfter(service, "v360", seqs[index] ?? 0)),
      );
      const number = Math.max(...entries.map((entry) => entry.number)) + 1;
      await clock.sleep((number + 1) * 2_000 + 1_500 - clock.nowMs());
      return number;
    };
    expect(await served(await spoiledBy(["region-a/packager"], "truncated"))).toEqual({
      status: 200,
      defects: null,
      pipeline: "b",
    });
    const both = await served(await spoiledBy(packagers, "missing"));
    expect([both.status, both.defects]).toEqual([200, "missing"]);
  });
}
