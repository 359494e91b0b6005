import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const real = ["process", "docker", "browser"] as const;
/** Kinds of tests that take milliseconds each, so that files share a worker. */
const light = ["hermetic", "simulated", "small"] as const;
const kindOf = (kind: string): string =>
  `{harness,targets,experiments,packages,test}/**/*.${kind}.test.ts`;

/**
 * Real tests that judge no time of what they start, only that it comes, in time limits that leave
 * room for two neighbours. They mostly wait, so they do it beside one another. None of them takes
 * ports, state or networks but through what keeps runs on one machine apart (the slots of the
 * process substrate, the free addresses of the docker substrate), none looks for what others leave,
 * and none leaves the user's state dirty. Longest first.
 */
const beside = [
  "harness/cli/documentation.process.test.ts",
  "targets/live-streaming/target.process.test.ts",
  "harness/cli/gone-wrong.process.test.ts",
  "harness/cli/undo.process.test.ts",
  "harness/substrates/docker/deploy.docker.test.ts",
  "harness/game-day/game-day.browser.test.ts",
  "harness/cli/commands/gameday.process.test.ts",
  "harness/report/report.browser.test.ts",
  "harness/report/compare.browser.test.ts",
  "harness/report/run-list.browser.test.ts",
  "targets/live-streaming/edge/vcl.process.test.ts",
  "harness/substrates/external-service.process.test.ts",
  "harness/cli/main.process.test.ts",
  "harness/cli/undo.docker.test.ts",
  "experiments/claims/right-bytes.process.test.ts",
  "harness/app/experiment-repository.process.test.ts",
  "targets/live-streaming/packager/oracle.process.test.ts",
  "harness/bootstrap.process.test.ts",
  "targets/live-streaming/object-store/main.process.test.ts",
];

/**
 * Real tests that judge times, but with room for three neighbours that are as light as they are:
 * they start single services, or runs of some ten requests a second, and mostly wait. What loads a
 * whole target, or measures what processors can do, is not among them. Longest first. The first one
 * builds packages, and has the lightest beside it.
 */
const paired = [
  "packages/packages.process.test.ts",
  "harness/cli/compose-example.docker.test.ts",
  "harness/cli/own-operations.process.test.ts",
  "harness/cli/https-target.process.test.ts",
  "harness/substrates/compose/compose.docker.test.ts",
  "harness/cli/own-metrics.process.test.ts",
  "harness/cli/examples.process.test.ts",
  "harness/cli/plain-http.process.test.ts",
  "harness/cli/own-script.process.test.ts",
  "harness/cli/runners.process.test.ts",
  "harness/cli/running-already.process.test.ts",
  "harness/faults/faults.process.test.ts",
  "test/lies/lies.process.test.ts",
  "targets/live-streaming/origin/origin.process.test.ts",
  "targets/live-streaming/edge/edge.process.test.ts",
  "targets/live-streaming/packager/packager.process.test.ts",
  "targets/live-streaming/pack/viewers.process.test.ts",
  "experiments/claims/gateway-devices.process.test.ts",
  "targets/live-streaming/edge/drain.process.test.ts",
  "targets/live-streaming/edge/tiers.process.test.ts",
  "targets/live-streaming/cache/client.process.test.ts",
  "targets/live-streaming/edge-nginx/nginx.process.test.ts",
  "targets/live-streaming/edge/hostile.process.test.ts",
  "harness/provision/real-tools.process.test.ts",
  "targets/live-streaming/origin/forward.process.test.ts",
];

/**
 * Tests that start small programs for a moment, wait for real timers, or write many files. They
 * judge no time. They run as hermetic tests do, several files in a worker. Longest first.
 */
const small = [
  "targets/live-streaming/gateway/event-writes.process.test.ts",
  "targets/live-streaming/pack/probes/prober.process.test.ts",
  "targets/live-streaming/packager/publish.process.test.ts",
  "harness/app/live-run.process.test.ts",
  "harness/probes/probes.process.test.ts",
  "harness/cli/command-line.process.test.ts",
  "harness/run/ledger.process.test.ts",
  "harness/probes/prober.process.test.ts",
  "harness/provision/obtain.process.test.ts",
  "harness/substrates/process/instance.process.test.ts",
  "harness/system/processes.process.test.ts",
  "harness/substrates/process/slot.process.test.ts",
  "harness/cli/commands/doctor.process.test.ts",
  "targets/live-streaming/gateway/event-file.process.test.ts",
  "harness/app/own-scripts.process.test.ts",
  "harness/substrates/docker/image/packages.process.test.ts",
  "harness/app/rerun.process.test.ts",
  "harness/provision/find.process.test.ts",
  "harness/provision/provision.process.test.ts",
  "harness/substrates/substrates.process.test.ts",
  "harness/system/child.process.test.ts",
  "harness/system/direct-http.process.test.ts",
  "harness/system/free-port.process.test.ts",
  "harness/system/lock.process.test.ts",
  "harness/system/priority.process.test.ts",
  "targets/live-streaming/pack/probes/varnish.process.test.ts",
  "test/support/tests-folder.process.test.ts",
];

/** Tests in this process that take seconds. */
const long = [
  "harness/cli/commands/gate.simulated.test.ts",
  "harness/cli/command-line.simulated.test.ts",
  "experiments/catalogue.simulated.test.ts",
  "test/lies/lies.test.ts",
  "experiments/gateways.simulated.test.ts",
];

/**
 * In a fresh clone nothing is known of how long a file takes, and a long one that came last would
 * be waited for alone.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const listed = [...long, ...small, ...beside, ...paired];
    const place = ({ moduleId }: TestSpecification): number => {
      const found = listed.findIndex((path) => moduleId.endsWith(`/${path}`));
      return found === -1 ? listed.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

const files = {
  hermetic: {
    include: ["{harness,targets,experiments,packages,benchmarks,test}/**/*.test.ts"],
    exclude: ["simulated", ...real].map((other) => `**/*.${other}.test.ts`),
    runner: "test/support/hermetic-runner.ts",
  },
  simulated: { include: [kindOf("simulated")], runner: "test/support/light-runner.ts" },
  small: { include: small, runner: "test/support/light-runner.ts" },
};

/** On a busy machine a real test waits, repeats, or says that it cannot tell. */
const patient = "test/support/patient-runner.ts";

/**
 * Node runs the sources as they are, as `./seawall` does: what is tested is what runs, and nothing
 * waits for a second transformation. Nothing here mocks a module.
 */
const native = { experimental: { viteModuleRunner: false, nodeLoader: false } } as const;

// Compiled code is kept between starts, as `./seawall` keeps it, for workers and what they start.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/compiled");

const limits = { testTimeout: 300_000, hookTimeout: 300_000 };

/**
 * Files of the light kinds share a worker, as starting one costs more than most files need. The
 * others start the real thing: three files at a time where they may be beside one another, four
 * where they are light, else one, kind after kind.
 */
export default defineConfig({
  test: {
    passWithNoTests: true,
    globalSetup: "test/support/test-run.ts",
    sequence: { sequencer: LongestFirst },
    projects: [
      ...light.map((kind, index) => ({
        test: {
          ...native,
          ...limits,
          name: kind,
          ...files[kind],
          isolate: false,
          // A busy machine may break a time limit. A property's counterexample is no such failure.
          retry: { count: 2, delay: 1_000, condition: /^(?!Property failed)/ },
          // Each worker compiles what it needs. Where some files wait, one more keeps all busy.
          maxWorkers: availableParallelism() + (kind === "hermetic" ? 0 : 1),
          // Simulated runs make much that is soon thrown away.
          execArgv: ["--max-semi-space-size=64"],
          // What computes and what waits fill a worker each.
          sequence: { groupOrder: Math.min(index, 1) },
        },
      })),
      {
        test: {
          ...native,
          ...limits,
          name: "beside",
          runner: patient,
          include: beside,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...native,
          ...limits,
          name: "paired",
          runner: patient,
          include: paired,
          maxWorkers: 4,
          sequence: { groupOrder: 3 },
        },
      },
      ...real.map((kind, index) => ({
        test: {
          ...native,
          ...limits,
          name: kind,
          runner: patient,
          include: [kindOf(kind)],
          exclude: [...small, ...beside, ...paired],
          fileParallelism: false,
          sequence: { groupOrder: index + 4 },
        },
      })),
    ],
  },
});
