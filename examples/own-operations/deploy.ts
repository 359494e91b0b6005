/**
 * A deploy while customers are there, of a service that runs already: two commands of its owner,
 * and a look that proves them. What takes the deploy back is written down before it, so that a
 * killed run is rolled back, too.
 *
 *   NOTES_URL=http://127.0.0.1:8080 NOTES_ADMIN=127.0.0.1:9090 NOTES_VERSION=/srv/notes/version \
 *     ./seawall run ./examples/own-operations/deploy.ts
 */
import { defineExperiment, defineTarget } from "seawall";

const versionFile = process.env["NOTES_VERSION"] ?? "/srv/notes/version";

/** Stands for the owner's own script of a deploy. */
const deployed = (version: string) => ({
  command: "sh",
  args: ["-c", 'echo "$0" > "$1"', version, versionFile],
  env: {},
});

const notes = defineTarget({
  name: "notes",
  services: [
    {
      name: "notes",
      url: process.env["NOTES_URL"] ?? "http://127.0.0.1:8080",
      // Customers go in at the first port; operators at another.
      ports: { admin: process.env["NOTES_ADMIN"] ?? "127.0.0.1:9090" },
      ready: "/health",
      operations: {
        deploy: { kind: "command", command: () => deployed("1.5.0"), withinMs: 60_000 },
        rollback: { kind: "command", command: () => deployed("1.4.0"), withinMs: 60_000 },
        version: { kind: "http", port: "admin", method: "GET", path: "/version" },
      },
    },
  ],
  links: [["users", "notes"]],
  entries: ["notes"],
  probes: [{ service: "notes", path: "/notes/1", lane: "read" }],
});

export default defineExperiment({
  name: "deploy",
  title: "A deploy while customers are there",
  story:
    "Version 1.5.0 is deployed and taken back while customers read. All of them get their notes.",
  tier: "storm",
  target: notes,
  topology: "own",
  phasesMs: { baseline: 6_000, fault: 8_000, recovery: 10_000 },
  load: [
    {
      name: "readers",
      workload: "./readers.js",
      exec: "default",
      lane: "read",
      ratePerSecond: { baseline: 20, fault: 20, recovery: 20 },
      vus: 50,
      env: { BASE_URL: "{url}" },
    },
  ],
  hypothesis: [
    {
      id: "notes-read",
      title: "Customers get their notes",
      metric: "checks",
      statistic: "mean",
      comparison: ">=",
      limit: 0.99,
      during: ["baseline", "fault", "recovery"],
      samplesMin: 50,
    },
  ],
  recovery: {
    id: "readers-recover",
    title: "Customers get their notes as before",
    goodput: { metric: "http_req_ms", where: { lane: "read" } },
    having: { status: "200" },
    shareMin: 0.99,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [
    {
      atMs: 1_000,
      forMs: 5_000,
      fault: {
        kind: "operate",
        service: "notes",
        operation: "deploy",
        look: { operation: "version", shows: "1.5.0" },
        undo: { operation: "rollback" },
      },
    },
  ],
  blastRadius: { services: ["notes"], faultsAtOnceMax: 1 },
  abortWhen: [],
  requestsPerSecondMax: 200,
  reliesOn: [],
});
