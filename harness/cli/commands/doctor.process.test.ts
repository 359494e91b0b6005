import "../../../targets/live-streaming/tools/recipes.ts";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../../test/support/documents.ts";
import { fakeMachine } from "../../../test/support/fake-machine.ts";
import { printerTo } from "../../app/printer.ts";
import { doctor } from "./doctor.ts";

function output() {
  let text = "";
  return {
    text: () => text,
    ...printerTo({
      write: (more: string) => {
        text += more;
      },
      isTerminal: false,
      columns: 120,
      colour: false,
    }),
  };
}

const reports = "/nowhere/runs";

/**
 * Every tool has an invalid explicit path: no tool of the real machine is used, and none can be
 * obtained.
 */
const nowhere = Object.fromEntries(
  ["K6", "TOXIPROXY", "CASSANDRA", "MEMCACHED", "VARNISH", "FFMPEG", "JAVA"].map((name) => [
    `SEAWALL_${name}`,
    `/nowhere/${name}`,
  ]),
);

describe("doctor", () => {
  it("shows every tool within 100 columns, and fails if a run cannot start", async () => {
    using machine = fakeMachine();
    const stdout = output();
    const env = {
      ...machine.env,
      ...nowhere,
      SEAWALL_K6: machine.install("k6", 'echo "k6 v2.2.0"'),
      DOCKER_HOST: "unix:///nowhere/docker.sock",
    };
    expect(
      await doctor({ env, reports, stdout, stderr: output(), json: false, install: false }),
    ).toBe(70);
    expect(stdout.text()).toMatch(/^k6 {9}2\.2\.0 +environment {2}\S*\/k6$/m);
    expect(stdout.text()).toMatch(/^varnish {4}missing/m);
    expect(stdout.text()).toMatch(
      /^process substrate {2}no {3}cannot be had here: toxiproxy, faketime, cassandra/m,
    );
    expect(stdout.text()).toMatch(
      /^docker substrate {3}no {3}no engine on unix:\/\/\/nowhere\/docker.sock \(ENOENT\)$/m,
    );
    expect(
      Math.max(
        ...stdout
          .text()
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  it("prints the same as JSON, alone on standard output", async () => {
    using machine = fakeMachine();
    const stdout = output();
    await doctor({
      env: { ...machine.env, ...nowhere },
      reports,
      stdout,
      stderr: output(),
      json: true,
      install: false,
    });
    const diagnosis = JSON.parse(stdout.text());
    expect(problemsOf(diagnosis)).toEqual([]);
    expect(diagnosis.tools[0]).toMatchObject({
      name: "node",
      found: { version: process.versions.node },
    });
    expect(diagnosis.substrates.process.works).toBe(false);
    expect(diagnosis.reports.path).toBe(reports);
  });

  it("does not promise tools that cannot be obtained", async () => {
    using machine = fakeMachine();
    const stdout = output();
    await doctor({
      env: { ...machine.env, ...nowhere },
      reports,
      stdout,
      stderr: output(),
      json: false,
      install: false,
    });
    expect(stdout.text()).not.toContain("npm start");
  });
});
