/** Runs nginx as an edge and exits when nginx does. Serves the counters that nginx lacks. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { readConfiguration } from "../service/configuration.ts";
import { createLog, reason } from "../service/log.ts";
import { createMetrics } from "../service/metrics.ts";
import { answerOperations, drainOnSignal } from "../service/operations.ts";
import { listen, reply } from "../service/server.ts";
import { nginxConf, originLog } from "./conf.ts";
import { nginxEdgeShape } from "./configuration.ts";
import { originGets } from "./counts.ts";

const { nginx, directory, admin, settings } = readConfiguration(nginxEdgeShape);
const log = createLog("edge-nginx");
const metrics = createMetrics();
const gets = metrics.counter("edge_origin_gets_total", "Requests sent to origins");
const siteAt = new Map(
  settings.origins.map(({ site, endpoint }) => [`${endpoint.host}:${endpoint.port}`, site]),
);
// Starts each series at zero, so that its first requests count.
for (const origin of siteAt.values())
  for (const lane of ["live", "dvr", "start", "junk"]) gets.add({ lane, origin }, 0);

mkdirSync(join(directory, "cache"), { recursive: true });
for (const [name, text] of Object.entries(nginxConf(settings)))
  writeFileSync(join(directory, name), text);
writeFileSync(join(directory, originLog), "");
const child = spawn(
  nginx.executable,
  [...nginx.args, "-p", directory, "-c", join(directory, "nginx.conf"), "-e", "stderr"],
  {
    env: { ...process.env, ...nginx.env },
    stdio: ["ignore", "inherit", "inherit"],
  },
);
child.once("error", (error) => {
  log("nginx could not be started", { reason: reason(error) });
  process.exit(70);
});
child.once("exit", (code, signal) => {
  if (draining.draining) return;
  log("nginx ended", { code, signal });
  process.exit(code ?? 70);
});

const lines = await open(join(directory, originLog), "r");
let readTo = 0;
let partial = "";
let reading: Promise<void> = Promise.resolve();

/** Everything that nginx wrote since the last read. */
async function count(): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024);
  for (;;) {
    const { bytesRead } = await lines.read(buffer, 0, buffer.length, readTo);
    if (bytesRead === 0) return;
    readTo += bytesRead;
    const whole = (partial + buffer.toString("latin1", 0, bytesRead)).split("\n");
    partial = whole.pop() ?? "";
    for (const { lane, address } of whole.flatMap(originGets))
      gets.add({ lane, origin: siteAt.get(address) ?? "unknown" });
  }
}

const listener = await listen(
  admin,
  async (request, response) => {
    // Reads are serialised; two at once would count a line twice.
    reading = reading.then(count);
    await reading;
    if (
      !answerOperations(request, response, metrics, () => (draining.draining ? "draining" : null))
    )
      reply(response, 404, "unknown\n");
  },
  (error) => log("counting failed", { reason: reason(error) }),
);

/** nginx finishes open requests. A signal to the whole process group stops it at once instead. */
const draining = drainOnSignal(log, [listener], async () => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGQUIT");
  await exit;
});
