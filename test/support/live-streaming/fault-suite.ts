/** Injects each fault that the whole target supports, and checks its effect and its heal. */
import { faults } from "../../../targets/live-streaming/pack/faults.ts";
import { beforeAll, expect, it } from "vitest";
import type { Deployed } from "./deployed.ts";
import type { Step } from "../../../harness/experiment/experiment.ts";
import type { Fault, FaultOf } from "../../../harness/faults/faults.ts";
import { ping } from "../../../harness/system/ping.ts";
import { injectInto } from "../targets/mini.ts";

const skewed = ["region-a/origin-read", "region-b/origin-publish"];
const skew = (service: string): FaultOf<"clockSkew"> => ({
  kind: "clockSkew",
  service,
  byMs: -60_000,
});

/** The faults for which the target must be deployed. */
export const skewSteps: readonly Step[] = skewed.map((service) => ({
  atMs: 0,
  forMs: 1,
  fault: skew(service),
}));

let target: Deployed;

const toStore = { to: { service: "region-a/cassandra" } };
const cases: readonly (readonly [what: string, fault: Fault, landed: RegExp])[] = [
  [
    "a slow store",
    faults.slowStore({ region: "region-a", delayMs: 150, jitterMs: 50 }),
    /origin-publish → region-a\/cassandra:cql answers after \d{3}…\d+ ms.*origin-read → region-a\/cassandra:cql/,
  ],
  [
    "a narrow link to the store",
    {
      kind: "bandwidth",
      links: { from: { service: "region-a/origin-read" }, ...toStore },
      bytesPerSecond: 400_000,
    },
    /cassandra:cql carries \d+ B\/s, the service itself takes \d{6,} B\/s/,
  ],
  [
    "a narrow link to the cache",
    {
      kind: "bandwidth",
      links: { from: { service: "region-a/origin-read" }, to: { kind: "memcached" } },
      bytesPerSecond: 200_000,
    },
    /memcached:memcached carries/,
  ],
  [
    "a narrow link to an origin",
    {
      kind: "bandwidth",
      links: {
        from: { kind: "edge", region: "region-a" },
        to: { service: "region-a/origin-read" },
      },
      bytesPerSecond: 500_000,
    },
    /origin-read:http carries/,
  ],
  [
    "resets between the regions",
    { kind: "reset", links: { between: [{ region: "region-a" }, { region: "region-b" }] } },
    /edge → region-b\/origin-read:http reset.*edge → region-a\/origin-read:http reset/,
  ],
  [
    "a store that stands still",
    { kind: "pause", service: "region-b/cassandra" },
    /cassandra stands still, 127\.2\.1\.11:\d+ took a connection and gave no reply/,
  ],
  [
    "a cold chunk cache",
    faults.coldCache({ service: "region-a/memcached" }),
    /was a hit before and a miss after/,
  ],
  [
    "a cold edge",
    faults.coldCache({ service: "region-a/edge" }),
    /was a hit before and a miss after/,
  ],
  ...skewed.map(
    (service) =>
      [`a slow clock of ${service}`, skew(service), /is -(59|60|61)(\.\d)? s off/] as const,
  ),
  ...(["short", "missing", "timing", "rot", "truncated"] as const).map(
    (defect) =>
      [
        `segments: ${defect}`,
        faults.badSegments({ service: "region-b/packager", defect, segments: 20 }),
        /has spoiled [1-9]\d? of 20 segments; segment \d+ of (v720|v360|audio): acked/,
      ] as const,
  ),
];

/** Registers the tests of a target that is up by then. */
export function testFaults(up: () => Deployed): void {
  beforeAll(() => {
    target = up();
  });

  it("answers every ping that it declares, padded or not", async () => {
    const silent = await Promise.all(
      target.deployment.instances.flatMap((instance) =>
        Object.entries(instance.service.pings ?? {}).flatMap(([port, { send, padded }]) =>
          [send, ...(padded === undefined ? [] : [padded])].map(async (bytes) => {
            const pong = await ping(instance.endpoint(port), { send: bytes }, 3_000);
            return pong.outcome === "answered"
              ? []
              : [`${instance.service.name}:${port} ${pong.outcome}`];
          }),
        ),
      ),
    );
    expect(silent.flat()).toEqual([]);
    expect(
      target.deployment.instances
        .filter((instance) => Object.keys(instance.service.pings ?? {}).length === 0)
        .map((instance) => instance.service.name),
    ).toEqual([]);
  });

  it.each(cases)("lands and heals %s", async (_what, fault, landed) => {
    const injection = await injectInto(target.deployment, fault);
    const healed = await injection.heal();
    expect(injection.evidence.observation).toMatch(landed);
    expect(injection.evidence.landed, injection.evidence.observation).toBe(true);
    expect(healed.landed, healed.observation).toBe(true);
  });
}
