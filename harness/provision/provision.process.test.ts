import "../../targets/live-streaming/tools/recipes.ts";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SeawallError } from "../base/errors.ts";
import { fakeMachine, installScript } from "../../test/support/fake-machine.ts";
import { toolNames } from "../target/tools.ts";
import { bringTools } from "./catalogue.ts";
import { inspect } from "./inspect.ts";
import { provision } from "./provision.ts";
import { k6 } from "./tools/k6.ts";

const encoders = (...names: string[]) =>
  `case "$*" in *-encoders*) ` +
  `${names.map((name) => `echo " V....D ${name}   an encoder"`).join("; ")};; *) echo ` +
  `"ffmpeg version 5.1.9-0+deb12u1 Copyright";; esac`;

describe("provision", () => {
  it("returns exactly the requested tools, and prints nothing if all exist", async () => {
    using machine = fakeMachine();
    const path = machine.install("k6", 'echo "k6 v2.2.0"');
    const tools = await provision(["node", "k6"], {
      env: machine.env,
      progress: () => expect.unreachable("nothing is being got"),
    });
    expect(Object.keys(tools)).toEqual(["node", "k6"]);
    expect(tools.k6).toMatchObject({
      name: "k6",
      version: "2.2.0",
      source: "path",
      executable: path,
    });
    expect(tools.node.executable).toBe(process.execPath);
  });

  it("names every missing tool in one error, each with its attempts", async () => {
    using machine = fakeMachine();
    const env = {
      ...machine.env,
      SEAWALL_K6: "/nowhere/k6",
      SEAWALL_FFMPEG: installScript(join(machine.folder, "ffmpeg"), encoders("aac")),
    };
    const error = await provision(["k6", "ffmpeg"], { env }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SeawallError);
    expect(error).toMatchObject({ code: "TOOL_MISSING", exitCode: 70 });
    const { message } = error as SeawallError;
    expect(message).toContain("2 tools are missing: k6, ffmpeg");
    expect(message).toContain("/nowhere/k6 is not on this machine");
    expect(message).toContain("has no encoder libx264");
  });

  it("accepts an ffmpeg with both encoders and its companion", async () => {
    using machine = fakeMachine();
    machine.install("ffmpeg", encoders("libx264", "aac"));
    const ffprobe = machine.install("ffprobe", "exit 0");
    const { ffmpeg: tool } = await provision(["ffmpeg"], { env: machine.env });
    expect(tool).toMatchObject({ version: "5.1.9", companions: { ffprobe } });
  });

  it("rejects a Varnish that cannot compile a VCL, with the compiler's message", async () => {
    using machine = fakeMachine();
    const script =
      'case "$*" in -V) echo "varnishd (varnish-7.1.1 revision x)";; *) echo "Running ' +
      'C-compiler failed, exited with 127" >&2; exit 2;; esac';
    const env = {
      ...machine.env,
      SEAWALL_VARNISH: installScript(join(machine.folder, "varnishd"), script),
    };
    await expect(provision(["varnish"], { env })).rejects.toThrow(
      "cannot compile a VCL: varnishd -C exited with 2: Running C-compiler failed",
    );
  });
});

describe("inspect", () => {
  it("reports every tool without obtaining any", async () => {
    using machine = fakeMachine();
    machine.install("k6", 'echo "k6 v2.2.0"');
    const tools = await inspect({
      env: { ...machine.env, SEAWALL_MEMCACHED: "/nowhere/memcached" },
    });
    const named = (name: string) => tools.find((tool) => tool.name === name);
    expect(tools.map(({ name }) => name)).toEqual([
      "node",
      "k6",
      "toxiproxy",
      "nginx",
      "faketime",
      "cassandra",
      "memcached",
      "varnish",
      "ffmpeg",
      "java",
    ]);
    expect(named("k6")?.found?.version).toBe("2.2.0");
    expect(named("memcached")).toMatchObject({
      found: undefined,
      sources: [],
      obstacles: ["SEAWALL_MEMCACHED is set"],
    });
    expect(named("toxiproxy")?.obstacles).toContain(
      "a Go module: go >= 1.25 is not on this machine",
    );
  });
});

describe("recipes of a target", () => {
  const recipe = {
    ...k6,
    name: "made-up",
    variable: "SEAWALL_MADE_UP",
    candidates: () => [],
    group: "made-up",
    from: [],
  };

  it("are unknown at first, and are found like the harness's own later", async () => {
    using machine = fakeMachine();
    const asked = (): Promise<unknown> => provision(["made-up"], { env: machine.env });
    await expect(asked()).rejects.toThrow(/unknown tool "made-up"/);
    bringTools([recipe]);
    expect(toolNames()).toContain("made-up");
    await expect(asked()).rejects.toThrow("a tool is missing: made-up");
    const path = machine.install("elsewhere", 'echo "k6 v2.2.0"');
    const env = { ...machine.env, SEAWALL_MADE_UP: path };
    const tools = await provision(["made-up"], { env });
    expect(tools["made-up"]).toMatchObject({ name: "made-up", executable: path });
  });
});
