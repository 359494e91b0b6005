import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { publishAtMs } from "../stream/template.ts";
import { upstream } from "../../../test/support/live-streaming/edge-bench.ts";
import { nginxConf, type NginxSettings } from "./conf.ts";
import { originGets } from "./counts.ts";

const settings: NginxSettings = {
  listen: { host: "127.0.0.1", port: 8080 },
  region: "region-a",
  origins: [upstream("region-a", "region-a", 1), upstream("region-b", "region-b", 2)],
  event: "main",
  renditions: ["v720"],
  answerMsMax: 3_500,
  defences: { collapsing: true, shedCaching: true, regionFailover: true },
};

const conf = (given: NginxSettings): string => Object.values(nginxConf(given)).join("\n");

test.each(["origins.conf", "server.conf", "paths.conf"])(
  "has an example edge's %s in the repository",
  async (name) =>
    expect(nginxConf(settings)[name]).toMatchFileSnapshot(join(import.meta.dirname, "nginx", name)),
);

describe("removes one behaviour per switch", () => {
  test.each([
    ["collapsing", "proxy_cache_lock on", "proxy_cache_lock off"],
    ["shedCaching", "default 0; }", "shed 1;"],
    ["regionFailover", "127.0.0.1:2 max_fails", ""],
  ] as const)("%s", (name, when, without) => {
    const off = conf({ ...settings, defences: { ...settings.defences, [name]: false } });
    expect([conf(settings).includes(when), off.includes(when), off.includes(without)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe("a log line", () => {
  const at = (publishAtMs(1_000) / 1000).toFixed(3);
  test.each([
    [`${at} /live/main/v720/1000.m4s 127.1.1.14:1; 0.000`, ["live 127.1.1.14:1"]],
    [`${at} /live/main/v720/900.m4s 127.1.1.14:1; 0.000`, ["dvr 127.1.1.14:1"]],
    [`${at} /live/main/manifest.mpd 127.1.1.14:1; 0.001`, ["start 127.1.1.14:1"]],
    [`${at} /check/a/main/v720/1000.m4s 127.1.1.14:1; 0.001`, ["junk 127.1.1.14:1"]],
    // The first origin refused the connection, so only the second received a request.
    [`${at} /live/main/v720/1000.m4s 127.1.1.14:1, 127.2.1.14:1; -, 0.001`, ["live 127.2.1.14:1"]],
    // The first origin failed after the request was sent.
    [
      `${at} /live/main/v720/1000.m4s 127.1.1.14:1, 127.2.1.14:1; 0.000, 0.001`,
      ["live 127.1.1.14:1", "live 127.2.1.14:1"],
    ],
  ])("%s", (line, gets) =>
    expect(originGets(line).map(({ lane, address }) => `${lane} ${address}`)).toEqual(gets),
  );

  test("throws on a line in another format", () =>
    expect(() => originGets("what?")).toThrow(/not a line/));
});
