/**
 * What the HTTP proxy of bad answers adds to a request that no rule strikes. Requests begin at a
 * fixed rate, in short turns over a link with both proxies, over one with Toxiproxy alone, and past
 * both. Other work on the machine meets all of them alike.
 * Prints p50, p99 and maximum of each, and the processor time of the HTTP proxy. Fails if it adds
 * more at p99 than the bar.
 *
 *     node_modules/.bin/node benchmarks/fault-proxy.ts [A SECOND] [BODY BYTES] [TURNS]
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "../harness/base/statistics.ts";
import type { Fault } from "../harness/faults/faults.ts";
import { listProcesses, statOf } from "../harness/system/processes.ts";
import type { Endpoint } from "../harness/target/layout.ts";
import { miniLayout, startMini } from "../test/support/targets/mini.ts";

const [perSecond = 1_000, bodyBytes = 1_000, turns = 60] = process.argv.slice(2).map(Number);
const barMs = 2;
const turnMs = 250;
const connections = 64;
const links = { to: { service: "a/back" } };
const fault = { kind: "badAnswers", links, path: "^/other", answer: { is: "hang" } } as const;
const path = `/large?bytes=${bodyBytes}`;

await using mini = await startMini(miniLayout, [fault satisfies Fault]);
const linkTo = (service: string) => {
  const link = mini.deployment.links.find(({ link: { to } }) => to === service);
  if (link === undefined) throw new Error(`the small target has a link to ${service}`);
  return link;
};
const struck = linkTo("a/back");
const rule = { does: fault.answer, path: fault.path, who: {} };
const ways: Readonly<Record<string, Endpoint>> = {
  "both proxies, no rule": struck.entry,
  "both proxies, a rule for other paths": struck.entry,
  "Toxiproxy alone": linkTo("b/back").entry,
  "no proxy": struck.exit,
};
const tookMs = new Map(Object.keys(ways).map((way) => [way, [] as number[]]));
const proxyPid = listProcesses().find((pid) => commandOf(pid).includes("fault-proxy/main"));
const agents = new Map(
  Object.keys(ways).map((way) => [way, new Agent({ keepAlive: true, maxSockets: connections })]),
);
// Opens the connections.
for (const [way, endpoint] of Object.entries(ways)) await oneTurn(endpoint, agents.get(way));
const cpuBefore = cpuSeconds();

for (let turn = 0; turn < turns; turn++) {
  const order = Object.entries(ways);
  for (const [way, endpoint] of turn % 2 === 0 ? order : order.reverse()) {
    const imposed = way.includes("a rule") ? await struck.answerWith?.(rule) : undefined;
    tookMs.get(way)?.push(...(await oneTurn(endpoint, agents.get(way))));
    await imposed?.remove();
  }
}

const sorted = new Map(
  [...tookMs].map(([way, values]) => [way, Float64Array.from(values).sort()] as const),
);
const at = (way: string, share: number): number =>
  quantile(sorted.get(way) ?? new Float64Array(), share) ?? Number.NaN;
for (const agent of agents.values()) agent.destroy();
process.stdout.write(`${perSecond} requests a second, ${bodyBytes} B, ${turns} turns each\n`);
for (const [way, values] of sorted)
  process.stdout.write(
    `${way.padEnd(38)} p50 ${at(way, 0.5).toFixed(2)} ms, p99 ${at(way, 0.99).toFixed(2)} ms, ` +
      `most ${(values.at(-1) ?? 0).toFixed(1)} ms of ${values.length}\n`,
  );
const added = ["both proxies, no rule", "both proxies, a rule for other paths"].map(
  (way) => at(way, 0.99) - at("Toxiproxy alone", 0.99),
);
const cpuMs = ((cpuSeconds() - cpuBefore) * 1_000) / (2 * turns * (turnMs / 1_000) * perSecond);
process.stdout.write(
  `the HTTP proxy adds at p99 ${added.map((ms) => ms.toFixed(2)).join(" and ")} ms ` +
    `(at most ${barMs} ms), and takes ${cpuMs.toFixed(2)} ms of a processor for each request\n`,
);
process.exitCode = Math.max(...added) <= barMs ? 0 : 1;

/** Times count from the planned start. */
async function oneTurn({ host, port }: Endpoint, agent?: Agent): Promise<number[]> {
  const took: number[] = [];
  const open: Promise<void>[] = [];
  const begunMs = performance.now();
  for (let asked = 0; asked * (1_000 / perSecond) < turnMs; ) {
    const dueMs = begunMs + asked * (1_000 / perSecond);
    if (performance.now() < dueMs) {
      await sleep(1);
      continue;
    }
    asked += 1;
    open.push(
      new Promise((resolve, reject) => {
        get({ host, port, path, agent }, (response) => {
          response.resume().once("end", () => {
            took.push(performance.now() - dueMs);
            resolve();
          });
        }).once("error", reject);
      }),
    );
  }
  await Promise.all(open);
  return took;
}

function cpuSeconds(): number {
  return proxyPid === undefined ? Number.NaN : (statOf(proxyPid)?.cpuSeconds ?? Number.NaN);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // ended meanwhile
  }
}
