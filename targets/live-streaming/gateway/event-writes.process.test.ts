/** How long a gateway's disk is busy with events, in batches and one by one. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { gatewayHere } from "../../../test/support/live-streaming/gateway-here.ts";

test.concurrent.each([
  ["a batch of events is one write", [], false],
  [
    "without boundedIngest each event is a write, and they keep the disk busy",
    ["boundedIngest"],
    true,
  ],
] as const)("%s", async (_, without, busy) => {
  // A busy machine may look late: 20 writes take 3 s then, and one batch is waited for.
  await using slow = await gatewayHere([1], without, { writeMsMin: busy ? 150 : 50 });
  const got = async (path: string): Promise<string> => await (await fetch(slow.base + path)).text();
  const events = Array.from({ length: 20 }, () => ({ kind: "player.heartbeat", atMs: 1 }));
  await fetch(`${slow.base}/events`, {
    method: "POST",
    headers: { "x-request-kind": "ad" },
    body: JSON.stringify({ events }),
  });
  type Ingest = { readonly stored: number; readonly queued: number };
  const ingest = async (): Promise<Ingest> => JSON.parse(await got("/ingest")) as Ingest;
  // A batch is written after a pause of 100 ms.
  await sleep(400);
  for (let tries = 0; !busy && tries < 100 && (await ingest()).stored < 20; tries++)
    await sleep(100);
  const { stored, queued } = await ingest();
  const utilisation = Number(/^gateway_utilisation (.*)$/m.exec(await got("/metrics"))?.[1]);
  expect([stored + queued, queued > 0, utilisation > 0.3]).toEqual([20, busy, busy]);
});
