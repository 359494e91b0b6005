/** The HTTP proxy as a service of the run, started and stopped like those of the target. */
import { join } from "node:path";
import { ending } from "../../system/sources.ts";
import type { Service } from "../../target/layout.ts";
import type { FaultProxySettings } from "./settings.ts";

export const faultProxyName = "http-proxy";
const file = "settings.json";

export function faultProxyService(settings: FaultProxySettings): Service {
  return {
    name: faultProxyName,
    kind: "proxy",
    region: "harness",
    zone: "harness",
    host: 3,
    ports: { control: 0 },
    tools: ["node"],
    dependsOn: [],
    ready: { kind: "http", port: "control", path: "/ready" },
    readyWithinMs: 20_000,
    drainMs: 0,
    telemetry: [],
    launch: (place) => {
      const node = place.tool("node");
      const main = join(import.meta.dirname, `main${ending}`);
      return {
        command: node.executable,
        args: [...node.args, main, join(place.directory, file)],
        env: node.env,
        files: { [file]: JSON.stringify(settings) },
      };
    },
  };
}
