import { createHash, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Deployed, deployed } from "./deployed.fixture.ts";
import { retryMs } from "./packager/pipeline.ts";
import { publishAtMs, segmentInProduction } from "./stream/template.ts";

const zones = ["region-a-1", "region-a-2", "region-a-3"];
const body = randomBytes(600_000);
const sha256 = createHash("sha256").update(body).digest("hex");
let target: Deployed;
beforeAll(async () => {
  target = await deployed({ topology: "zones" });
});
afterAll(async () => await target[Symbol.asyncDispose]());

async function put(zone: string, number: number): Promise<{ status: number; tookMs: number }> {
  const startedMs = performance.now();
  const { status } = await fetch(`${target.at(`${zone}/origin-publish`, "http")}/live/main/v720/${number}.m4s`, {
    method: "PUT", body,
    headers: { "x-sha256": sha256, "x-pipeline": "a", "x-defects": "", "x-token": `${Date.now()}-${randomBytes(16).toString("hex")}` },
  });
  return { status, tookMs: performance.now() - startedMs };
}

async function sha256Of(url: string): Promise<string> {
  return createHash("sha256").update(Buffer.from(await (await fetch(url)).arrayBuffer())).digest("hex");
}

test("without one Cassandra node every PUT is confirmed by the other two in time, and every origin can read it", async () => {
  await target.deployment.instance("region-a-2/cassandra").kill();
  // Numbers that may be rewound to and that no packager of this run published.
  const first = segmentInProduction(Date.now()) - 1_000;
  for (let index = 0; index < 12; index += 1) {
    const { status, tookMs } = await put(zones[index % zones.length] ?? "", first + index);
    expect(status).toBe(200);
    expect(tookMs).toBeLessThan(retryMs);
  }
  for (const zone of zones) {
    for (let index = 0; index < 12; index += 4) {
      expect(await sha256Of(`${target.at(`${zone}/origin-read`, "http")}/live/main/v720/${first + index}.m4s`)).toBe(sha256);
    }
  }
});

test("without a whole zone the edges of the others play on", async () => {
  await Promise.all(target.deployment.instances.filter(({ service }) => service.zone === "region-a-2").map((instance) => instance.kill()));
  const from = segmentInProduction(Date.now()) + 1;
  for (const number of [from, from + 1, from + 2]) {
    await sleep(Math.max(0, publishAtMs(number) - Date.now()));
    for (const zone of ["region-a-1", "region-a-3"]) {
      for (const rendition of ["v720", "v360", "audio"]) {
        const path = `${target.at(`${zone}/edge`, "http")}/live/main/${rendition}/${number}.m4s`;
        // A viewer asks again for as long as its buffer lasts.
        await expect.poll(async () => (await fetch(path)).status, { timeout: 6_000, interval: 250, message: path }).toBe(200);
      }
    }
  }
});
