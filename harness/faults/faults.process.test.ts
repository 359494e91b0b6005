import { faults } from "../../targets/live-streaming/pack/faults.ts";
import { execFileSync } from "node:child_process";
import { Agent } from "node:http";
import { getPriority } from "node:os";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Fault } from "./faults.ts";
import type { LinkHandle } from "../target/deployment.ts";
import { LinkTraffic } from "../substrates/proxy/traffic.ts";
import { httpGet } from "../system/network.ts";
import { ping } from "../system/ping.ts";
import { injectInto, type Mini, miniLayout, startMini } from "../../test/support/targets/mini.ts";

let mini: Mini;
let niceAtFirst: number;
const niceOf = (service: string): number => getPriority(mini.deployment.instance(service).pid ?? 0);
beforeAll(async () => {
  mini = await startMini(
    miniLayout,
    cases.map(([fault]) => fault),
  );
  niceAtFirst = niceOf("b/more");
});
afterAll(async () => {
  await mini?.[Symbol.asyncDispose]();
});

const cases: readonly (readonly [fault: Fault, landed: RegExp, healed: RegExp])[] = [
  [
    { kind: "kill", service: "a/back" },
    /^process \d+ of a\/back is gone and 127\.1\.1\.22:\d+ refuses connections$/,
    /^process \d+ was ready after \d+ ms$/,
  ],
  [
    { kind: "pause", service: "a/back" },
    /^process \d+ of a\/back stands still, 127\.1\.1\.22:\d+ took a connection and gave no reply within 500 ms$/,
    /^a\/back is running, 127\.1\.1\.22:\d+ answered after [\d.]+ ms$/,
  ],
  [
    { kind: "latency", links: { to: { service: "a/back" } }, delayMs: 200, jitterMs: 50 },
    /^a\/front → a\/back:http answers after [12]\d\d…2\d\d ms, the service itself after [\d.…]+ ms$/,
    /^a\/front → a\/back:http answers after [\d.]+ ms, the service itself/,
  ],
  [
    {
      kind: "bandwidth",
      links: { to: { kind: "back", region: "region-a" } },
      bytesPerSecond: 500_000,
    },
    /^a\/front → a\/back:http carries [3-6]\d{5} B\/s, the service itself takes \d{7,} B\/s$/,
    /^a\/front → a\/back:http carries \d{6,} B\/s/,
  ],
  [
    { kind: "reset", links: { between: [{ zone: "region-a-1" }, { service: "b/back" }] } },
    /^a\/front → b\/back:http reset the connection; the service itself answered/,
    /^a\/front → b\/back:http answered/,
  ],
  [
    faults.slowStore({ region: "region-a", delayMs: 150, jitterMs: 0 }),
    /^a\/front → a\/store:memcached answers after 1[5-9]\d(…\d+)? ms/,
    /^a\/front → a\/store:memcached answers after [\d.]+ ms/,
  ],
  [
    { kind: "zoneLoss", zone: "region-b-1" },
    /^process \d+ of b\/back is gone and \S+ refuses connections; process \d+ of b\/more is gone/,
    /^process \d+ of b\/back was ready after \d+ ms; process \d+ of b\/more was ready/,
  ],
  [
    { kind: "regionLoss", region: "region-a" },
    /a\/front is gone.*a\/back is gone.*a\/store is gone/,
    /a\/front was ready.*a\/back was ready.*a\/store was ready/,
  ],
  [
    { kind: "restartLoop", service: "a/back", everyMs: 400 },
    /^process \d+ and process \d+ of a\/back are gone$/,
    /^after \d deaths process \d+ of a\/back is ready$/,
  ],
  [
    { kind: "restart", service: "a/back" },
    /^process \d+ of a\/back ended \d+ ms after SIGTERM \(.+\); process \d+ was ready \d+ ms later$/,
    /^process \d+ of a\/back runs, and 127\.1\.1\.22:\d+ accepted a connection$/,
  ],
  [
    faults.coldCache({ service: "a/store" }),
    /^the same look into a\/store was a hit before and a miss after$/,
    /fills again/,
  ],
  [
    { kind: "fullDisk", service: "b/more" },
    /^a write to \/proc\/\d+\/root\/\S+b_more fails: ENOSPC$/,
    /^a write to \S+ succeeds$/,
  ],
  [
    { kind: "outOfDescriptors", service: "a/back" },
    /^descriptors: process \d+ may open \d\d; 127\.1\.1\.22:\d+ (closed|reset) the connection$/,
    /^descriptors: process \d+ may open \d{3,}; 127\.1\.1\.22:\d+ answered after [\d.]+ ms$/,
  ],
  [
    { kind: "clockSkew", service: "b/back", byMs: 3_600_000 },
    /^the clock of b\/back is 3(599|600|601)(\.\d)? s off$/,
    /^the clock of b\/back is -?[01](\.\d)? s off$/,
  ],
  [
    faults.badSegments({ service: "a/back", defect: "timing", segments: 1_000 }),
    /^a\/back has spoiled [1-9]\d* of 1000 segments; segment \d+ of v: acked, inspection found timing$/,
    /^no more segments/,
  ],
  [
    faults.badSegments({ service: "a/back", defect: "rot", segments: 1_000 }),
    /acked, nothing found by inspection$/,
    /^no more segments/,
  ],
  [
    {
      kind: "operate",
      service: "a/back",
      operation: "defects",
      parameters: { kind: "missing", segments: "7" },
      look: { operation: "defectsLeft", shows: '"left":7' },
      undo: { operation: "defectsOff" },
    },
    /^defectsLeft of a\/back now contains \(absent before\) "left":7$/,
    /^defectsLeft of a\/back no longer contains "left":7$/,
  ],
  [
    { kind: "partition", links: { from: { kind: "front" } } },
    /^a\/front → a\/back:http refused the connection; the service itself answered after [\d.]+ ms; a\/front → b\/back:http refused.*a\/store:memcached refused/,
    /^a\/front → a\/back:http answered after/,
  ],
];

describe("on the process substrate", () => {
  it.each(cases)("$kind lands and heals, both verified", async (fault, landed, healed) => {
    const injection = await injectInto(mini.deployment, fault);
    expect(injection.evidence.observation).toMatch(landed);
    expect(injection.evidence.landed).toBe(true);
    const [first, second] = await Promise.all([injection.heal(), injection.heal()]);
    expect(first.observation).toMatch(healed);
    expect(first.landed).toBe(true);
    // Reverted once, however often `heal` is called.
    expect(second).toBe(first);
    for (const { link, entry, exit } of mini.deployment.links) {
      const bytes = mini.deployment.instance(link.to).service.pings?.[link.port] ?? { send: "" };
      expect(await ping(entry, bytes, 1_000)).toMatchObject({ outcome: "answered" });
      expect(await ping(exit, bytes, 1_000)).toMatchObject({ outcome: "answered" });
    }
  });

  const toBack = { to: { service: "a/back" } };
  const stillThere: readonly (readonly [
    fault: Fault,
    undone: () => Promise<unknown>,
    gone: RegExp,
  ])[] = [
    [
      { kind: "kill", service: "a/back" },
      () => mini.deployment.instance("a/back").start(),
      /runs in its place|accepted a connection/,
    ],
    [
      { kind: "pause", service: "a/back" },
      () => mini.deployment.instance("a/back").resume(),
      /a\/back is running, not paused|has used processor time/,
    ],
    [
      { kind: "latency", links: toBack, delayMs: 100, jitterMs: 0 },
      () => takeAway("latency"),
      /latency downstream is not on a\/front → a\/back:http any more/,
    ],
    [
      { kind: "bandwidth", links: toBack, bytesPerSecond: 500_000 },
      () => takeAway("bandwidth"),
      /bandwidth upstream, bandwidth downstream is not on/,
    ],
    [{ kind: "reset", links: toBack }, () => takeAway("reset"), /a\/back:http answered after/],
    [
      { kind: "partition", links: toBack },
      async () => await linkTo("a/back").restore(),
      /a\/back:http answered after/,
    ],
    [
      { kind: "zoneLoss", zone: "region-b-1" },
      () => mini.deployment.instance("b/more").start(),
      /of b\/more runs in its place|accepted a connection/,
    ],
    [
      { kind: "clockSkew", service: "b/back", byMs: 3_600_000 },
      async () => {
        await mini.deployment.instance("b/back").impair({ kind: "clockSkew", byMs: 0 });
        // It caches the current second briefly.
        await new Promise((wake) => setTimeout(wake, 1_500));
      },
      /the clock of b\/back is -?[01]/,
    ],
    [
      { kind: "outOfDescriptors", service: "a/back" },
      async () => {
        const { pid } = mini.deployment.instance("a/back");
        execFileSync("prlimit", ["--pid", String(pid), "--nofile=1000:"]);
      },
      /^descriptors: process \d+ may open 1000$/,
    ],
    [
      faults.badSegments({ service: "a/back", defect: "timing", segments: 1_000 }),
      () => mini.deployment.instance("a/back").operate("defectsOff"),
      /has no order to spoil segments any more/,
    ],
    [
      {
        kind: "operate",
        service: "a/back",
        operation: "defects",
        parameters: { kind: "missing", segments: "7" },
        look: { operation: "defectsLeft", shows: '"left":7' },
        undo: { operation: "defectsOff" },
      },
      () => mini.deployment.instance("a/back").operate("defectsOff"),
      /defectsLeft of a\/back no longer contains "left":7/,
    ],
  ];
  const linkTo = (service: string): LinkHandle =>
    mini.deployment.links.find(({ link }) => link.to === service) as LinkHandle;
  /** Removes the toxic through the proxy's control port, as a third party could. */
  const takeAway = async (type: string): Promise<void> => {
    // The control port of a slot is 99 below its first link port.
    const firstPort = Math.min(...mini.deployment.links.map(({ entry }) => entry.port));
    const control = `http://127.0.0.1:${firstPort - 99}`;
    const proxies = (await (await fetch(`${control}/proxies`)).json()) as Record<
      string,
      { toxics: { name: string; type: string }[] }
    >;
    for (const [proxy, { toxics }] of Object.entries(proxies)) {
      for (const toxic of toxics.filter((one) => one.type.startsWith(type)))
        await fetch(`${control}/proxies/${proxy}/toxics/${toxic.name}`, { method: "DELETE" });
    }
  };

  it.each(stillThere)(
    "$kind is observed while it lasts, and its removal by a third party is detected",
    async (fault, undone, gone) => {
      const injection = await injectInto(mini.deployment, fault);
      const whole = await injection.observe?.look();
      await undone();
      const after = await injection.observe?.look();
      await injection.heal();
      expect(whole?.landed, whole?.observation).toBe(true);
      expect(after).toEqual({ landed: false, observation: expect.stringMatching(gone) });
    },
  );

  it("a paused service that ran in between does not count as paused throughout", async () => {
    const injection = await injectInto(mini.deployment, { kind: "pause", service: "a/back" });
    const instance = mini.deployment.instance("a/back");
    await instance.resume();
    await Promise.all(
      Array.from({ length: 300 }, () =>
        ping(instance.endpoint("http"), instance.service.pings?.["http"] ?? { send: "" }, 2_000),
      ),
    );
    await instance.pause();
    const seen = await injection.observe?.look();
    await injection.heal();
    expect(seen).toEqual({
      landed: false,
      observation: expect.stringMatching(/has used processor time since it was paused/),
    });
  });

  it("a restart loop lasts, and an instantaneous fault does not", async () => {
    const loop = await injectInto(mini.deployment, {
      kind: "restartLoop",
      service: "a/back",
      everyMs: 400,
    });
    const seen = await loop.observe?.look();
    await loop.heal();
    expect(seen?.landed, seen?.observation).toBe(true);
    const cold = await injectInto(mini.deployment, faults.coldCache({ service: "a/store" }));
    expect(cold.observe).toBeNull();
  });

  it("link totals exclude the harness's own requests", async () => {
    const { entry } = linkTo("a/back");
    const traffic = new LinkTraffic([linkTo("a/back")]);
    await traffic.read();
    for (let asked = 0; asked < 3; asked++)
      await ping(
        entry,
        mini.deployment.instance("a/back").service.pings?.["http"] ?? { send: "" },
        2_000,
      );
    const [own] = await traffic.read();
    const agent = new Agent({ keepAlive: true });
    for (let asked = 0; asked < 2; asked++) await httpGet(entry, "/", { timeoutMs: 2_000, agent });
    const [kept] = await traffic.read();
    await httpGet(entry, "/", { timeoutMs: 2_000, agent });
    const [again] = await traffic.read();
    agent.destroy();
    expect(own).toMatchObject({ connections: 0, bytes: 0 });
    expect(kept).toMatchObject({ connections: 1, bytes: expect.any(Number) });
    // On an existing connection.
    expect(again).toMatchObject({ connections: 1 });
    expect(again?.bytes).toBeGreaterThan(kept?.bytes ?? Number.POSITIVE_INFINITY);
  });

  it("a full disk affects its own service and no other", async () => {
    const write = (name: string): Promise<string> =>
      mini.deployment.instance(name).operate("write");
    const injection = await injectInto(mini.deployment, { kind: "fullDisk", service: "b/more" });
    expect([await write("b/more"), await write("b/back")]).toEqual(["ENOSPC", "written"]);
    await injection.heal();
    expect(await write("b/more")).toBe("written");
  });

  it.each<readonly [string, Fault, RegExp]>([
    [
      "a full disk where none was made ready",
      { kind: "fullDisk", service: "a/back" },
      /a\/back was not started so that it can suffer fullDisk/,
    ],
    [
      "packet loss",
      { kind: "packetLoss", service: "a/back", share: 0.1 },
      /a process, which cannot suffer packetLoss/,
    ],
    [
      "segments that nobody spoils",
      faults.badSegments({ service: "a/back", defect: "missing", segments: 3 }),
      /^a\/back has spoiled 0 of 3 segments/,
    ],
    [
      "a bandwidth that is no limit",
      { kind: "bandwidth", links: { to: { service: "a/back" } }, bytesPerSecond: 1_000_000_000 },
      /carries \d+ B\/s, the service itself takes \d+ B\/s/,
    ],
    [
      "a cache without a flush",
      faults.coldCache({ service: "a/back" }),
      /a\/back has no operation "fill"/,
    ],
    [
      "a latency lost in noise",
      { kind: "latency", links: { from: { service: "b/back" } }, delayMs: 100, jitterMs: 0 },
      /the fault has no victim/,
    ],
  ])("%s did not land, and heals", async (_what, fault, observation) => {
    const injection = await injectInto(mini.deployment, fault);
    expect(injection.evidence).toEqual({
      landed: false,
      observation: expect.stringMatching(observation),
    });
    await injection.heal();
  });

  it("a cut is not confirmed if the service behind the link does not answer", async () => {
    await mini.deployment.instance("a/back").pause();
    const links = { to: { service: "a/back" } };
    for (const fault of [
      { kind: "partition", links },
      { kind: "reset", links },
    ] as const) {
      const injection = await injectInto(mini.deployment, fault);
      expect(injection.evidence.landed, injection.evidence.observation).toBe(false);
      await injection.heal();
    }
    await mini.deployment.instance("a/back").resume();
  });

  it("a service that exits is distinguished from one that was killed", async () => {
    const exits: { service: string; expected: boolean; detail: string }[] = [];
    mini.deployment.onExit((exit) => exits.push(exit));
    const { pid } = mini.deployment.instance("b/more");
    if (pid === null) throw new Error("it runs");
    process.kill(pid, "SIGKILL");
    const injection = await injectInto(mini.deployment, { kind: "kill", service: "b/back" });
    await vi.waitFor(
      () =>
        expect(exits).toEqual(
          expect.arrayContaining([
            {
              service: "b/more",
              expected: false,
              detail:
                "ended by SIGKILL, sent neither by the harness nor by the system when out " +
                "of memory",
            },
            { service: "b/back", expected: true, detail: "ended by SIGKILL" },
          ]),
        ),
      { timeout: 10_000 },
    );
    await injection.heal();
    await mini.deployment.instance("b/more").start();
  });

  it("an instrumented restart replaces the process that started with the target", async () => {
    const injection = await injectInto(mini.deployment, { kind: "kill", service: "b/more" });
    await injection.heal();
    expect([niceAtFirst, niceOf("b/more")]).toEqual([getPriority(), Math.max(5, getPriority())]);
  });

  it("a kill of a stopped service does not land, and heals by starting it", async () => {
    await mini.deployment.instance("b/back").kill();
    const injection = await injectInto(mini.deployment, { kind: "kill", service: "b/back" });
    expect(injection.evidence).toEqual({
      landed: false,
      observation: "b/back was not running, so there was nothing to kill",
    });
    expect(await injection.heal()).toMatchObject({ landed: true });
  });
});
