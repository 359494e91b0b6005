import { faults } from "../../../targets/live-streaming/pack/faults.ts";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../faults/faults.ts";
import type { Endpoint, Layout, Place } from "../../target/layout.ts";
import {
  injectInto,
  miniLayout,
  stepsFor,
  webService,
} from "../../../test/support/targets/mini.ts";
import { httpGet, tryConnect } from "../../system/network.ts";
import {
  builtImage,
  type Deployed,
  deployOnDocker,
  noEngine,
  onEngine,
} from "../../../test/support/docker-engine.ts";

/** A service that answers, prints a line, and on request exceeds its memory limit. */
const greedy = (listen: { host: string; port: number }): string => `
  import { createServer } from "node:http";
  const kept = [];
  console.log("up");
  createServer((request, response) => {
    response.end("hello\\n");
    if (request.url === "/eat") setInterval(() => kept.push(Buffer.alloc(64 << 20, 1)), 1);
  }).listen(${listen.port}, ${JSON.stringify(listen.host)});
  process.on("SIGTERM", () => process.exit(0));
`;
const web = webService("a/greedy", "region-a-1", 24, 18_601);
const layout: Layout = {
  ...miniLayout,
  services: [
    ...miniLayout.services,
    {
      ...web,
      launch: (place: Place) => ({
        command: place.tool("node").executable,
        args: ["main.mjs"],
        env: {},
        files: { "main.mjs": greedy(place.listen("http")) },
      }),
    },
  ],
};

interface Exit {
  readonly service: string;
  readonly expected: boolean;
  readonly detail: string;
}

describe.skipIf(noEngine)("on the docker substrate", () => {
  let deployed: Deployed;
  const exits: Exit[] = [];
  const exitOf = async (service: string): Promise<Exit> => {
    for (;;) {
      const found = exits.find((exit) => exit.service === service);
      if (found !== undefined) return found;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  };

  beforeAll(async () => {
    await builtImage();
    // A container is prepared for the faults that will strike it.
    deployed = await deployOnDocker(layout, { steps: stepsFor(cases.map(([fault]) => fault)) });
    deployed.deployment.onExit((exit) => exits.push(exit));
  });
  afterAll(async () => {
    await deployed?.[Symbol.asyncDispose]();
  });

  const cases: readonly (readonly [Fault, RegExp])[] = [
    [
      { kind: "kill", service: "a/back" },
      /^process \d+ of a\/back is gone and 198\.18\.\d+\.22:18600 refuses connections$/,
    ],
    [
      { kind: "pause", service: "a/back" },
      /stands still, 198\.18\.\d+\.22:18600 took a connection and gave no reply/,
    ],
    [{ kind: "restartLoop", service: "a/back", everyMs: 600 }, /of a\/back are gone$/],
    [
      { kind: "latency", links: { to: { service: "a/back" } }, delayMs: 200, jitterMs: 50 },
      /^a\/front → a\/back:http/,
    ],
    [
      {
        kind: "bandwidth",
        links: { to: { kind: "back", region: "region-a" } },
        bytesPerSecond: 500_000,
      },
      /^a\/front → a\/back:http carries/,
    ],
    [
      { kind: "reset", links: { to: { service: "b/back" } } },
      /^a\/front → b\/back:http reset the connection/,
    ],
    [
      { kind: "partition", links: { from: { kind: "front" } } },
      /^a\/front → a\/back:http refused the connection; the service itself answered/,
    ],
    [
      faults.slowStore({ region: "region-a", delayMs: 150, jitterMs: 0 }),
      /^a\/front → a\/store:memcached answers after/,
    ],
    [{ kind: "zoneLoss", zone: "region-b-1" }, /b\/back is gone.*b\/more is gone/],
    [
      { kind: "regionLoss", region: "region-a" },
      /a\/front is gone.*a\/back is gone.*a\/store is gone/,
    ],
    [
      { kind: "blackhole", zone: "region-b-1" },
      /^process \d+ of b\/back runs, and 198\.18\.\d+\.21:18600 neither took nor refused a connection within 1000 ms; process \d+ of b\/more runs/,
    ],
    [
      faults.coldCache({ service: "a/store" }),
      /^the same look into a\/store was a hit before and a miss after$/,
    ],
    [
      faults.badSegments({ service: "a/back", defect: "timing", segments: 1_000 }),
      /^a\/back has spoiled/,
    ],
    [
      { kind: "fullDisk", service: "b/more" },
      /^a write to \S+b_more fails: .*No space left on device/,
    ],
    [
      { kind: "clockSkew", service: "b/back", byMs: 3_600_000 },
      /^the clock of b\/back is 3(599|600|601)(\.\d)? s off$/,
    ],
    [
      { kind: "packetLoss", service: "a/back", share: 0.2 },
      /^\d+ packets to or from a\/back \(198\.18\.\d+\.22\) were dropped/,
    ],
  ];
  it.each(cases)("$kind lands and heals, both verified", async (fault, landed) => {
    const injection = await injectInto(deployed.deployment, fault);
    expect(injection.evidence.observation).toMatch(landed);
    expect(injection.evidence.landed).toBe(true);
    expect(await injection.heal()).toMatchObject({ landed: true });
  });

  it("a full disk and packet loss affect their own service and no other", async () => {
    const { deployment } = deployed;
    const write = (name: string): Promise<string> => deployment.instance(name).operate("write");
    const full = await injectInto(deployment, { kind: "fullDisk", service: "b/more" });
    expect([await write("b/more"), await write("b/back")]).toEqual(["ENOSPC", "written"]);
    await full.heal();
    expect(await write("b/more")).toBe("written");
    // Some programs unpack their libraries into it.
    const room = readFileSync(`/proc/${deployment.instance("b/more").pid}/mountinfo`, "utf8")
      .split("\n")
      .filter((line) => / \S+b_more /.test(line) && line.includes("tmpfs"));
    expect(room).toEqual([expect.not.stringContaining("noexec")]);
    const lossy = await injectInto(deployment, {
      kind: "packetLoss",
      service: "a/back",
      share: 0.5,
    });
    for (let tries = 0; tries < 20; tries++)
      expect(await tryConnect(deployment.instance("a/greedy").endpoint("http"), 900)).toBe(
        "accepted",
      );
    await lossy.heal();
    for (let tries = 0; tries < 20; tries++)
      expect(await tryConnect(deployment.instance("a/back").endpoint("http"), 900)).toBe(
        "accepted",
      );
  });

  it("a disconnected zone is unreachable, and keeps connections and addresses", async () => {
    const { deployment } = deployed;
    const [front, inside] = ["a/front", "a/back"].map((name) =>
      deployment.instance(name).endpoint("http"),
    );
    const pids = deployment.instances.map(({ pid }) => pid);
    const connection = connect({ ...(front as Endpoint), noDelay: true });
    await once(connection, "connect");
    const cut = await injectInto(deployment, { kind: "blackhole", zone: "region-a-1" });
    expect(cut.evidence.landed, cut.evidence.observation).toBe(true);
    // A neighbour in the zone still answers, and so does the other zone.
    using companion = await deployment.instance("a/front").companion?.((place) => ({
      command: place.tool("node").executable,
      args: [
        "-e",
        `fetch("http://${inside?.host}:${inside?.port}/").then((answer) => ` +
          "console.log(answer.status), (error) => console.log(error.message))",
      ],
      env: {},
    }));
    expect(
      await new Promise((resolve) =>
        companion?.output.once("data", (part: Buffer) => resolve(part.toString("utf8").trim())),
      ),
    ).toBe("200");
    expect(await tryConnect(deployment.instance("b/back").endpoint("http"), 900)).toBe("accepted");
    // Sent while the zone is unreachable, answered after the reconnect, on the same connection.
    const answered = once(connection, "data");
    connection.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await new Promise((wake) => setTimeout(wake, 3_500));
    expect(await tryConnect(front as Endpoint, 900)).toBe("silent");
    expect(await cut.heal()).toMatchObject({ landed: true });
    expect(String(await answered)).toMatch(/^HTTP\/1\.1 200/);
    connection.destroy();
    expect(deployment.instances.map(({ pid }) => pid)).toEqual(pids);
  });

  it("distinguishes out-of-memory kills from the harness's and third parties'", async () => {
    const { deployment, docker } = deployed;
    exits.length = 0;
    await deployment.instance("a/front").kill();
    expect(await exitOf("a/front")).toEqual({
      service: "a/front",
      expected: true,
      detail: "ended by SIGKILL (exit status 137)",
    });

    exits.length = 0;
    const [foreign] = await docker.listContainers({
      filters: { label: [`seawall.run=${deployed.runId}`, "seawall.service=b/back"] },
    });
    await docker.getContainer(foreign?.Id ?? "").kill();
    expect(await exitOf("b/back")).toEqual({
      service: "b/back",
      expected: false,
      detail: "ended by SIGKILL (exit status 137)",
    });
    expect(deployment.instance("b/back")).toMatchObject({ pid: null, state: "ended" });

    await httpGet(deployment.instance("a/greedy").endpoint("http"), "/eat", { timeoutMs: 2_000 });
    expect(await exitOf("a/greedy")).toEqual({
      service: "a/greedy",
      expected: false,
      detail:
        "ended by the kernel: it wanted more memory than its limit of 512 MiB (exit status 137)",
    });

    for (const name of ["a/front", "b/back", "a/greedy"]) await deployment.instance(name).start();
    expect(
      await httpGet(deployment.instance("a/greedy").endpoint("http"), "/", { timeoutMs: 2_000 }),
    ).toMatchObject({ status: 200 });
  });

  it("keeps logs, counts resources, and runs programs next to a service", async () => {
    const { deployment, logs } = deployed;
    expect(readFileSync(join(logs, "a_greedy.log"), "utf8")).toMatch(/^up$/m);
    const usage = await deployment.resources();
    expect(usage.map(({ service }) => service).sort()).toEqual(
      [...layout.services.map(({ name }) => name), "toxiproxy"].sort(),
    );
    for (const { cpuSeconds, residentBytes } of usage)
      expect(cpuSeconds > 0 && residentBytes > 1_000_000).toBe(true);
    using companion = await deployment.instance("a/front").companion?.((place) => ({
      command: "/bin/sh",
      args: ["-c", `while read -r line; do echo "$line in ${place.directory}"; done`],
      env: {},
    }));
    const received = new Promise<string>((resolve) =>
      companion?.output.once("data", (part: Buffer) => resolve(part.toString("utf8"))),
    );
    companion?.input.write("asked\n");
    expect(await received).toBe(`asked in ${deployment.instance("a/front").directory}\n`);
  });

  it("labels, limits and isolates everything that it creates, and never restarts it", async () => {
    const { docker, runId, undo } = deployed;
    const filters = { label: [`seawall.run=${runId}`] };
    const containers = await docker.listContainers({ all: true, filters });
    const [network] = await docker.listNetworks({
      filters: JSON.stringify(filters),
    } as Docker.NetworkListOptions);
    expect(network).toMatchObject({
      Internal: true,
      IPAM: { Config: [{ Subnet: expect.stringMatching(/^198\.1[89]\./) }] },
    });
    // Services, two zones and the proxy; each of them and the network was recorded under its
    // name.
    expect(containers).toHaveLength(layout.services.length + 3);
    const names = undo.flatMap((entry) => (entry.kind === "made" ? [entry.name] : []));
    expect(names.sort()).toEqual(
      [network?.Name ?? "", ...containers.map(({ Names }) => Names[0]?.slice(1) ?? "")].sort(),
    );
    for (const { Id } of containers) {
      const { HostConfig, Config } = await docker.getContainer(Id).inspect();
      expect(HostConfig).toMatchObject({
        RestartPolicy: { Name: "no" },
        CapDrop: ["ALL"],
        Init: true,
      });
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(Config.Labels).toMatchObject({ seawall: "run", "seawall.run": runId });
    }
  });

  it("uses other addresses than a concurrent run, and leaves nothing", async () => {
    const other = await deployOnDocker(miniLayout);
    const [one, two] = [deployed, other].map(({ deployment }) =>
      deployment.instance("a/front").endpoint("http"),
    );
    expect(one?.host).not.toBe(two?.host);
    for (const { deployment } of [deployed, other])
      expect(await tryConnect(deployment.instance("a/front").endpoint("http"), 1_000)).toBe(
        "accepted",
      );
    expect(await onEngine(other.runId)).not.toEqual([]);
    await other[Symbol.asyncDispose]();
    expect(await onEngine(other.runId)).toEqual([]);
    expect(other.undo).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name === `seawall-${other.runId}`)).toEqual([]);
    expect(await tryConnect(deployed.deployment.instance("a/front").endpoint("http"), 1_000)).toBe(
      "accepted",
    );
  });

  it("leaves nothing if it is aborted during the start, at any moment", async () => {
    for (const afterMs of [5, 150, 400, 900]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error("stopped")), afterMs);
      await expect(deployOnDocker(miniLayout, { signal: stop.signal })).rejects.toThrow("stopped");
    }
    // Of this test's runs: others may use the same engine.
    const left = (await onEngine(null)).filter(
      (name) => name.includes(`-test-${process.pid}-`) && !name.includes(`${deployed.runId}-`),
    );
    expect(left).toEqual([]);
  });
});
