import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import cassandra from "cassandra-driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { injectInto } from "../../test/support/targets/mini.ts";
import { acknowledged } from "./pack/probes/durability.ts";
import { parseJournal } from "./pack/probes/journal.ts";
import { readBack } from "./pack/probes/read-back.ts";
import { realClock } from "../../harness/system/clock.ts";
import { type Deployed, deployed } from "../../test/support/live-streaming/deployed.ts";
import { retryMs } from "./packager/pipeline.ts";
import { createSchema, schemaIsThere } from "./store/schema.ts";
import { publishAtMs, segmentInProduction } from "./stream/template.ts";

const zones = ["region-a-1", "region-a-2", "region-a-3"];
const body = randomBytes(600_000);
const sha256 = createHash("sha256").update(body).digest("hex");
let target: Deployed;
beforeAll(async () => {
  target = await deployed({ topology: "zones" });
});
afterAll(async () => await target[Symbol.asyncDispose]());

/** Repeats with the same token for as long as a packager would. */
async function put(zone: string, number: number): Promise<{ status: number; tookMs: number }> {
  const startedMs = performance.now();
  const headers = {
    "x-sha256": sha256,
    "x-pipeline": "a",
    "x-defects": "",
    "x-token": `${Date.now()}-${randomBytes(16).toString("hex")}`,
  };
  for (;;) {
    const { status } = await fetch(
      `${target.at(`${zone}/origin-publish`, "http")}/live/main/v720/${number}.m4s`,
      { method: "PUT", body, headers },
    );
    const tookMs = performance.now() - startedMs;
    if (status !== 503 || tookMs > retryMs) return { status, tookMs };
    await sleep(50);
  }
}

async function sha256Of(url: string): Promise<string> {
  return createHash("sha256")
    .update(Buffer.from(await (await fetch(url)).arrayBuffer()))
    .digest("hex");
}

test("gives all Cassandra nodes the same tables before the first row", () => {
  for (const zone of zones) {
    const log = readFileSync(join(target.logsDirectory, `${zone}_cassandra.log`), "utf8");
    expect(log).toContain("Starting listening for CQL clients");
    expect(
      log.match(/.*(?:Unknown CF|non-existant table|Unable to merge schema).*/)?.[0],
    ).toBeUndefined();
  }
});

test("creates tables once, after which any node answers for any of them", async () => {
  const nodes = zones.map((zone) => new URL(target.at(`${zone}/cassandra`, "cql")));
  const clients = Array.from(
    { length: 7 },
    () =>
      new cassandra.Client({
        contactPoints: nodes.map(({ hostname }) => hostname),
        protocolOptions: { port: Number(nodes[0]?.port) },
        localDataCenter: "region-a",
        isMetadataSyncEnabled: false,
      }),
  );
  try {
    await Promise.all(clients.map((client) => client.connect()));
    const copies = {
      dataCentres: [{ name: "region-a", nodes: zones.length }],
      copiesMax: zones.length,
      dataCentre: "region-a",
    };
    const signal = AbortSignal.timeout(60_000);
    const name = "another";
    const refused = await Promise.all(
      clients.map(async (client, index) => {
        if (index === 0) await createSchema(client, copies, signal, name);
        else await schemaIsThere(client, signal, name);
        const asked = [...client.hosts.values()].flatMap((host) =>
          ["publication", "chunk", "directive"].map((table) => ({
            host,
            query: `SELECT * FROM ${name}.${table} LIMIT 1`,
          })),
        );
        expect(asked.length).toBe(3 * zones.length);
        const answers = await Promise.allSettled(
          asked.map(({ host, query }) => client.execute(query, [], { host, prepare: true })),
        );
        return answers.flatMap((answer) =>
          answer.status === "rejected" ? [String(answer.reason)] : [],
        );
      }),
    );
    expect(refused.flat()).toEqual([]);
  } finally {
    await Promise.all(clients.map((client) => client.shutdown()));
  }
});

test("keeps serving without a zone, and loses nothing acknowledged when the zone returns", async () => {
  const loss = await injectInto(target.deployment, { kind: "zoneLoss", zone: "region-a-2" });
  expect(loss.evidence.landed, loss.evidence.observation).toBe(true);
  const from = segmentInProduction(Date.now()) + 1;
  for (const number of [from, from + 1, from + 2]) {
    await sleep(Math.max(0, publishAtMs(number) - Date.now()));
    for (const zone of ["region-a-1", "region-a-3"]) {
      for (const rendition of ["v720", "v360", "audio"]) {
        const path = `${target.at(`${zone}/edge`, "http")}/live/main/${rendition}/${number}.m4s`;
        // A viewer retries for as long as its buffer lasts.
        await expect
          .poll(async () => (await fetch(path)).status, {
            timeout: 6_000,
            interval: 250,
            message: path,
          })
          .toBe(200);
      }
    }
  }
  const fromMs = performance.now();
  const healed = await loss.heal();
  expect(healed.landed, healed.observation).toBe(true);
  const tookMs = performance.now() - fromMs;
  const journals = await Promise.all(
    ["region-a-1", "region-a-2"].map(async (zone) =>
      parseJournal(
        await (await fetch(`${target.at(`${zone}/packager`, "http")}/journal`)).text(),
        0,
      ),
    ),
  );
  const all = acknowledged(journals.flat());
  const sink = { series: () => 0, sample: () => undefined };
  const rounds: string[] = [];
  // A store that has just lost and regained a node may fail for moments, which is no loss. Only
  // what stays absent is lost.
  await expect
    .poll(
      async () => {
        const counts = await readBack(
          all,
          { deployment: target.deployment, sink, clock: realClock() },
          AbortSignal.timeout(60_000),
        );
        rounds.push(JSON.stringify(counts));
        return counts;
      },
      { timeout: 90_000, interval: 2_000 },
    )
    .toEqual({ intact: all.length, missing: 0, different: 0, unread: 0 });
  console.info(
    `healed in ${(tookMs / 1000).toFixed(1)} s (${healed.observation}); read back: ` +
      `${rounds.join(", then ")}`,
  );
});

test("confirms every PUT in time after the loss of a second node, once the first is back", async () => {
  // A majority now needs the node that returned, which must know its tables and accept writes.
  await target.deployment.instance("region-a-3/cassandra").kill();
  // Numbers within the DVR window that no packager of this run published.
  const first = segmentInProduction(Date.now()) - 1_000;
  for (let index = 0; index < 12; index += 1) {
    const { status, tookMs } = await put(zones[index % zones.length] ?? "", first + index);
    expect(status).toBe(200);
    expect(tookMs).toBeLessThan(retryMs);
  }
  for (const zone of zones) {
    for (let index = 0; index < 12; index += 4) {
      expect(
        await sha256Of(
          `${target.at(`${zone}/origin-read`, "http")}/live/main/v720/${first + index}.m4s`,
        ),
      ).toBe(sha256);
    }
  }
});
