import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Docker from "dockerode";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { noEngine } from "../../../test/support/docker-engine.ts";
import { heldPlan } from "../../../test/support/judge/held-run.ts";
import { type Project, startProject } from "../../../test/support/compose/project.ts";
import { injectInto } from "../../../test/support/targets/mini.ts";
import { type Fault, struckIn } from "../../faults/faults.ts";
import { provision } from "../../provision/provision.ts";
import type { UndoEntry } from "../../record/undo.ts";
import { realClock } from "../../system/clock.ts";
import { httpGet, tryConnect } from "../../system/network.ts";
import { type ComposeTarget, composeTarget } from "../../target/compose-target.ts";
import type { Deployment } from "../../target/deployment.ts";
import type { Tools } from "../../target/tools.ts";
import type { Changed } from "../adapter.ts";
import { connectEngine, engineAddress } from "../docker/engine.ts";
import { adapter } from "./adapter.ts";
import { composeSubstrate } from "./deploy.ts";

const greets = `
  process.on("SIGTERM", () => process.exit(0));
  require("node:http").createServer((_, answer) => answer.end("hello\\n")).listen(8080);
`;
const ignores = `
  process.on("SIGTERM", () => {});
  require("node:http").createServer((_, answer) => answer.end("hello\\n")).listen(8080);
`;
/** Asks "back" for each request, as nginx would: at the address that it had at the start. */
const front = `
  process.on("SIGTERM", () => process.exit(0));
  const { createServer, get } = require("node:http");
  const { promises: { lookup } } = require("node:dns");
  const found = (async () => {
    for (;;)
      try {
        return (await lookup("back")).address;
      } catch {
        await new Promise((wake) => setTimeout(wake, 20));
      }
  })();
  const server = createServer(async (_, answer) => {
    const asked = get({ host: await found, port: 8080, agent: false, timeout: 900 }, (it) => {
      answer.end("back answered " + it.statusCode);
      it.resume();
    });
    asked.on("timeout", () => asked.destroy(new Error("late")));
    asked.on("error", () => answer.end("back is lost"));
  });
  found.then(() => server.listen(8080));
`;

describe.skipIf(noEngine)("a compose project that runs already", () => {
  let project: Project;
  let bystander: Project;
  let folder: string;
  let deployment: Deployment;
  let undo: UndoEntry[];
  let tools: Tools;
  let runId: string;
  let runs = 0;

  const described = (): ComposeTarget => ({
    name: "theirs",
    project: project.name,
    services: [
      { name: "front", port: 8080, ready: "/" },
      { name: "back", port: 8080, ready: "/" },
      { name: "kept", port: 8080, ready: "/" },
      { name: "pool", port: 8080, ready: "/", replicas: 2 },
      { name: "deaf", port: 8080, ready: "/" },
    ],
    links: [["front", "back"]],
    entries: ["front"],
    probes: [{ service: "front", path: "/", lane: "all" }],
  });

  async function deploy(faults: readonly Fault[], target = composeTarget(described())) {
    const layout = target.topologies["own"]?.layout();
    if (layout === undefined) throw new Error("it has no layout");
    undo = [];
    runId = `test-${process.pid}-compose-${++runs}`;
    return composeSubstrate({
      engine: () => connectEngine(process.env),
      engineHost: engineAddress(process.env).host,
      tools,
      clock: realClock(),
    }).deploy({
      plan: {
        ...heldPlan(),
        without: [],
        steps: faults.map((fault) => ({ atMs: 0, forMs: 1_000, fault })),
        struck: faults.map((fault) => struckIn(fault, layout)),
      },
      runId,
      controlToken: "token",
      layout,
      logsDirectory: folder,
      signal: new AbortController().signal,
      progress: () => {},
      undo: {
        record: (entry) => {
          undo.push(entry);
          return () => void undo.splice(undo.indexOf(entry), 1);
        },
      },
    });
  }

  beforeAll(async () => {
    tools = (await provision(["toxiproxy"], {
      env: process.env,
      signal: new AbortController().signal,
      progress: () => {},
    })) as Tools;
    project = await startProject({
      front: { script: front },
      back: { script: greets },
      kept: { script: greets, restart: "always" },
      pool: { script: greets, replicas: 2 },
      deaf: { script: ignores, stopSeconds: 1 },
      other: { script: greets },
    });
    bystander = await startProject({ back: { script: greets } });
  });
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await bystander?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "seawall-compose-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const inspect = (container: string): Promise<Docker.ContainerInspectInfo> =>
    project.docker.getContainer(project.id(container)).inspect();
  /** What of a container must be as before a run, but for its address. */
  const shape = async (container: string) => {
    const { Id, State, NetworkSettings, HostConfig } = await inspect(container);
    const [network] = Object.values(NetworkSettings.Networks);
    return {
      Id,
      running: State.Running,
      paused: State.Paused,
      restart: HostConfig.RestartPolicy,
      networks: Object.keys(NetworkSettings.Networks),
      aliases: (network?.Aliases ?? []).filter((one: string) => !Id.startsWith(one)),
      asked: network?.IPAMConfig ?? null,
    };
  };
  const all = ["front-1", "back-1", "kept-1", "pool-1", "pool-2", "deaf-1", "other-1"];
  const shapes = () => Promise.all(all.map(shape));

  const cases: readonly (readonly [Fault, RegExp])[] = [
    [
      { kind: "kill", service: "back" },
      /^process \d+ of back is gone: ended by SIGKILL \(exit status 137\); 198\.19\.\d+\.\d+:8080 accepts no connection$/,
    ],
    [
      { kind: "pause", service: "back" },
      /^process \d+ of back stands still, \S+ took a connection/,
    ],
    [{ kind: "blackhole", zone: "back" }, /^process \d+ of back runs, and \S+ took no connection/],
    [{ kind: "kill", service: "pool-2" }, /^process \d+ of pool-2 is gone/],
    [{ kind: "zoneLoss", zone: "pool" }, /of pool-1 is gone.*of pool-2 is gone/],
    [{ kind: "restartLoop", service: "back", everyMs: 700 }, /of back are gone$/],
  ];
  it.each(cases)("$kind lands by service name, and heals", async (fault, landed) => {
    const before = await shapes();
    deployment = await deploy([]);
    const injection = await injectInto(deployment, fault);
    expect(injection.evidence.observation).toMatch(landed);
    expect(injection.evidence.landed).toBe(true);
    expect(undo.filter(({ kind }) => kind === "changed")).not.toEqual([]);
    expect(await injection.observe?.look()).toMatchObject({ landed: true });
    expect(await injection.heal()).toMatchObject({ landed: true });
    await deployment[Symbol.asyncDispose]();
    expect(undo).toEqual([]);
    expect(await shapes()).toEqual(before);
  });

  it("says what a restart policy made of a kill, and counts that as the fault", async () => {
    deployment = await deploy([]);
    const injection = await injectInto(deployment, { kind: "kill", service: "kept" });
    expect(injection.evidence.landed, injection.evidence.observation).toBe(true);
    await new Promise((wake) => setTimeout(wake, 2_000));
    expect(await injection.observe?.look()).toEqual({
      landed: true,
      observation: expect.stringMatching(
        /^process \d+ of kept is gone: ended by SIGKILL \(exit status 137\); the restart policy "always" restarted it, and process \d+ ran \d+ ms later$/,
      ),
    });
    expect(await injection.heal()).toMatchObject({ landed: true });
    await deployment[Symbol.asyncDispose]();
    expect(undo).toEqual([]);
  });

  it.each([
    ["back", /^process \d+ of back ended \d+ ms after SIGTERM \(exit status 0\); process \d+ was/],
    // No policy acts on what is stopped on purpose.
    ["kept", /^process \d+ of kept ended \d+ ms after SIGTERM \(exit status 0\); process \d+ was/],
    ["deaf", /^process \d+ of deaf ended 1\d\d\d ms after SIGTERM, only because SIGKILL followed/],
  ])(
    "restarts %s gracefully, with the time to stop that its user gave it",
    async (service, how) => {
      const before = await shapes();
      deployment = await deploy([]);
      const noted: string[] = [];
      const deaths: unknown[] = [];
      deployment.onExit((exit) => deaths.push(exit));
      const stop = deployment.instance(service).stop.bind(deployment.instance(service));
      deployment.instance(service).stop = () => {
        const stopping = stop();
        // Before anything is awaited, the start that undoes it is in the ledger.
        noted.push(...undo.flatMap((entry) => (entry.kind === "changed" ? [entry.what] : [])));
        return stopping;
      };
      const injection = await injectInto(deployment, { kind: "restart", service });
      expect(injection.evidence.observation).toMatch(how);
      expect(injection.evidence.landed).toBe(true);
      expect(noted).toEqual(["running"]);
      expect(deaths).toMatchObject([{ service, expected: true }]);
      expect(await injection.heal()).toMatchObject({ landed: true });
      await deployment[Symbol.asyncDispose]();
      expect(undo).toEqual([]);
      expect(await shapes()).toEqual(before);
    },
  );

  it("a strike of one replica leaves the other", async () => {
    deployment = await deploy([]);
    const injection = await injectInto(deployment, { kind: "pause", service: "pool-1" });
    const other = deployment.instance("pool-2");
    expect(await httpGet(other.endpoint("http"), "/", { timeoutMs: 900 })).toMatchObject({
      status: 200,
    });
    await injection.heal();
    await deployment[Symbol.asyncDispose]();
  });

  it("strikes a link by the name of the service, and gives the name back", async () => {
    const before = await shapes();
    const fault: Fault = { kind: "partition", links: { to: { service: "back" } } };
    deployment = await deploy([fault]);
    const said = async (): Promise<string> =>
      (await httpGet(deployment.instance("front").endpoint("http"), "/", { timeoutMs: 3_000 }))
        .body;
    expect(await said()).toBe("back answered 200");
    const [counted] = (await deployment.linkTraffic?.()) ?? [];
    expect(counted).toMatchObject({ link: "front>back:http" });
    const injection = await injectInto(deployment, fault);
    expect(injection.evidence.landed, injection.evidence.observation).toBe(true);
    expect(await said()).toBe("back is lost");
    expect(await injection.heal()).toMatchObject({ landed: true });
    expect(await said()).toBe("back answered 200");
    await deployment[Symbol.asyncDispose]();
    expect(undo).toEqual([]);
    expect(await shapes()).toEqual(before);
    const address = Object.values((await inspect("front-1")).NetworkSettings.Networks)[0]
      ?.IPAddress;
    await expect
      .poll(async () => tryConnect({ host: address ?? "", port: 8080 }, 500), { timeout: 10_000 })
      .toBe("accepted");
    expect(
      (await httpGet({ host: address ?? "", port: 8080 }, "/", { timeoutMs: 3_000 })).body,
    ).toBe("back answered 200");
  });

  it("is restored from the ledger alone after a crash, and nothing of it is removed", async () => {
    const before = await shapes();
    const others = await bystander.docker.getContainer(bystander.id("back-1")).inspect();
    const link: Fault = { kind: "partition", links: { to: { service: "back" } } };
    const crashed = await deploy([link]);
    await injectInto(crashed, link);
    await injectInto(crashed, { kind: "kill", service: "pool-1" });
    await injectInto(crashed, { kind: "pause", service: "pool-2" });
    await injectInto(crashed, { kind: "blackhole", zone: "kept" });
    const changed = undo
      .flatMap((entry): Changed[] => (entry.kind === "changed" ? [entry] : []))
      .reverse();
    const at = engineAddress(process.env).host;
    expect(await adapter.undo?.(runId, at, changed)).toEqual([]);
    expect(await shapes()).toEqual(before);
    const left = await project.docker.listContainers({
      all: true,
      filters: { label: [`seawall.run=${runId}`] },
    });
    expect(left).toEqual([]);
    // A second time does nothing, except that clients look names up again.
    expect(await adapter.undo?.(runId, at, changed)).toEqual([]);
    expect(await shapes()).toEqual(before);
    const now = await bystander.docker.getContainer(bystander.id("back-1")).inspect();
    expect(now.State.StartedAt).toBe(others.State.StartedAt);
    expect(now.NetworkSettings.Networks).toEqual(others.NetworkSettings.Networks);
    await crashed[Symbol.asyncDispose]();
  });

  it("is refused by the plan for what it cannot provide", async () => {
    const missing = async (over: Partial<ComposeTarget>) => {
      const layout = composeTarget({ ...described(), ...over }).topologies["own"]?.layout();
      if (layout === undefined) throw new Error("it has no layout");
      return adapter.missing?.({ root: "/", env: process.env }, layout);
    };
    expect(await missing({})).toEqual([]);
    expect(await missing({ project: "nobodys" })).toEqual([
      'the compose project "nobodys" has no container on this engine',
    ]);
    const [front, back, kept] = described().services;
    const services = [front, back, kept, { name: "pool", port: 8080, replicas: 3 }] as never;
    expect(await missing({ services })).toEqual([
      "pool has 2 containers, and the target describes 3",
    ]);
    const apart = await project.docker.createNetwork({
      Name: `${project.name}_apart`,
      IPAM: { Config: [{ Subnet: "198.19.251.0/24" }] },
    });
    try {
      await apart.connect({ Container: project.id("front-1") });
      expect(await missing({})).toEqual([]);
      await apart.connect({ Container: project.id("back-1") });
      expect(await missing({})).toEqual([
        "the link front>back:http cannot be struck: its ends share 2 networks, and the proxy " +
          "must take the name on exactly one",
      ]);
    } finally {
      for (const one of ["front-1", "back-1"])
        await apart.disconnect({ Container: project.id(one), Force: true }).catch(() => undefined);
      await apart.remove();
    }
  });

  it("refuses a service that the project lacks, and one that its user has stopped", async () => {
    const misspelt = composeTarget({
      ...described(),
      services: [
        { name: "front", port: 8080 },
        { name: "bak", port: 8080 },
      ],
      links: [],
    });
    await expect(deploy([], misspelt)).rejects.toThrow('did you mean "back"?');
    expect(undo).toEqual([]);
    await project.docker.getContainer(project.id("other-1")).stop({ t: 0 });
    const stopped = composeTarget({
      ...described(),
      services: [
        { name: "front", port: 8080 },
        { name: "other", port: 8080 },
      ],
      links: [],
    });
    await expect(deploy([], stopped)).rejects.toThrow("the container of other is exited");
    expect((await inspect("other-1")).State.Running).toBe(false);
    await project.docker.getContainer(project.id("other-1")).start();
  });
});
