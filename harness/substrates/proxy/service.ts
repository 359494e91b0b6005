/** Toxiproxy as a service of the run, started and stopped like those of the target. */
import type { Service } from "../../target/layout.ts";

export const proxyService: Service = {
  name: "toxiproxy",
  kind: "proxy",
  region: "harness",
  zone: "harness",
  host: 2,
  ports: { control: 0 },
  tools: ["toxiproxy"],
  dependsOn: [],
  ready: { kind: "http", port: "control", path: "/version" },
  readyWithinMs: 10_000,
  drainMs: 0,
  telemetry: [],
  launch: (place) => {
    const tool = place.tool("toxiproxy");
    const { host, port } = place.listen("control");
    return {
      command: tool.executable,
      args: [...tool.args, "-host", host, "-port", String(port)],
      // At its default level it writes a line per accepted connection.
      env: { ...tool.env, LOG_LEVEL: "error" },
      files: {},
    };
  },
};
