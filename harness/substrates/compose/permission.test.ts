import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseSubstrate } from "../../app/choose-substrate.ts";
import { composeTarget } from "../../target/compose-target.ts";
import { isLocal } from "../docker/engine.ts";
import { engineOf, forbidden } from "./permission.ts";

describe("the engine that a run may break containers on", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "seawall-contexts-"));
    for (const [context, host] of [
      ["staging", "tcp://10.1.2.3:2375"],
      ["by-ssh", "ssh://me@build"],
      ["rootful", "unix:///run/other.sock"],
    ] as const) {
      const id = createHash("sha256").update(context).digest("hex");
      mkdirSync(join(folder, "contexts", "meta", id), { recursive: true });
      writeFileSync(
        join(folder, "contexts", "meta", id, "meta.json"),
        JSON.stringify({ Name: context, Endpoints: { docker: { Host: host } } }),
      );
    }
    writeFileSync(join(folder, "config.json"), JSON.stringify({ currentContext: "staging" }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is the one that the docker command would take", () => {
    const DOCKER_CONFIG = folder;
    expect(engineOf({ DOCKER_CONFIG })).toEqual({
      host: "tcp://10.1.2.3:2375",
      context: "staging",
    });
    expect(engineOf({ DOCKER_CONFIG, DOCKER_CONTEXT: "rootful" }).host).toBe(
      "unix:///run/other.sock",
    );
    expect(engineOf({ DOCKER_CONFIG, DOCKER_CONTEXT: "default" }).host).toBe(
      "unix:///var/run/docker.sock",
    );
    expect(engineOf({ DOCKER_CONFIG, DOCKER_HOST: "tcp://127.0.0.1:1" })).toEqual({
      host: "tcp://127.0.0.1:1",
      context: null,
    });
    expect(engineOf({ DOCKER_CONFIG: "/nowhere" }).host).toBe("unix:///var/run/docker.sock");
  });

  it("must be on this machine, or be named", () => {
    const DOCKER_CONFIG = folder;
    const why = (env: Record<string, string>, ...allowed: string[]) =>
      forbidden(env, allowed)?.why ?? null;
    expect(why({ DOCKER_CONFIG })).toContain("docker speaks to staging, which is not this machine");
    expect(why({ DOCKER_CONFIG }, "other", "staging")).toBe(null);
    expect(why({ DOCKER_CONFIG }, "other")).not.toBe(null);
    expect(why({ DOCKER_HOST: "tcp://10.0.0.1:2375" })).toContain("tcp://10.0.0.1:2375");
    expect(why({ DOCKER_CONFIG, DOCKER_CONTEXT: "gone" })).toContain("names no engine");
    const byShell = { DOCKER_CONFIG, DOCKER_CONTEXT: "by-ssh" };
    expect(why(byShell, "by-ssh")).toContain("ssh, which Seawall cannot speak");
    expect(why({ DOCKER_CONFIG, DOCKER_CONTEXT: "rootful" })).toBe(null);
  });

  it.each([
    ["unix:///var/run/docker.sock", true],
    ["tcp://127.0.0.1:2375", true],
    ["tcp://127.0.0.1.example.com:2375", false],
    ["tcp://localhost.example.com:2375", false],
    ["tcp://[::1]:2375", true],
    ["ssh://127.0.0.1", false],
    ["nonsense", false],
  ])("%s is on this machine: %s", (host, local) => {
    expect(isLocal(host)).toBe(local);
  });

  it("is checked before anything is planned", async () => {
    const target = composeTarget({
      name: "theirs",
      project: "theirs",
      services: [{ name: "edge", port: 80 }],
      entries: ["edge"],
      probes: [{ service: "edge", path: "/", lane: "all" }],
    });
    const at = (env: Record<string, string>, substrate = "auto", ...allowContexts: string[]) =>
      chooseSubstrate({ root: "/", env }, { substrate, allowContexts }, target);
    await expect(at({ DOCKER_CONFIG: folder })).rejects.toThrow(/not this machine/);
    const there = { DOCKER_CONFIG: folder };
    expect((await at(there, "auto", "other", "staging")).name).toBe("compose");
    expect((await at({ DOCKER_HOST: "unix:///nowhere" })).name).toBe("compose");
    await expect(at({}, "process")).rejects.toThrow("the process substrate cannot run this target");
    await expect(
      chooseSubstrate({ root: "/", env: {} }, { substrate: "compose", allowContexts: [] }, {}),
    ).rejects.toThrow("the target is not a compose project");
  });
});
