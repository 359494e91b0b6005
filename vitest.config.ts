import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const real = ["process", "docker", "browser"] as const;
const kindOf = (kind: string): string => `{harness,targets,experiments,test}/**/*.${kind}.test.ts`;

/**
 * Real tests that judge no time of what they start, only that it comes, in time limits that leave room for a neighbour. They mostly wait, so
 * they do it beside one another. None of them takes ports, state or networks but through what keeps runs on one machine apart (the slots of
 * the process substrate, the free addresses of the docker substrate), none looks for what others leave, and none leaves the user's state
 * dirty. Longest first.
 */
const beside = [
  "targets/live-streaming/target.process.test.ts",
  "harness/cli/undo.process.test.ts",
  "harness/substrates/docker/deploy.docker.test.ts",
  "harness/cli/documentation.process.test.ts",
  "harness/cli/gone-wrong.process.test.ts",
  "harness/report/report.browser.test.ts",
  "harness/cli/commands/gameday.process.test.ts",
  "harness/report/compare.browser.test.ts",
  "harness/game-day/game-day.browser.test.ts",
  "harness/report/run-list.browser.test.ts",
  "harness/substrates/foreign.process.test.ts",
  "harness/bootstrap.process.test.ts",
  "harness/cli/main.process.test.ts",
];

/** In a fresh clone nothing is known of how long a file takes, and a long one that came last would be waited for alone. */
class AsListed extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number =>
      beside.findIndex((path) => moduleId.endsWith(path));
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** On a busy machine a real test waits, repeats, or says that it cannot tell. */
const patient = "test/support/patient-runner.ts";

const limits = { testTimeout: 300_000, hookTimeout: 300_000 };

/**
 * Hermetic tests need nothing but Node: several files share a worker, as starting one costs more than most files need. The others start the
 * real thing: two files at a time where they may be beside one another, else one, kind after kind.
 */
export default defineConfig({
  test: {
    passWithNoTests: true,
    globalSetup: "test/support/test-run.ts",
    sequence: { sequencer: AsListed },
    projects: [
      {
        test: {
          name: "hermetic",
          include: ["{harness,targets,experiments,benchmarks,test}/**/*.test.ts"],
          isolate: false,
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
          exclude: real.map((kind) => `**/*.${kind}.test.ts`),
          ...limits,
        },
      },
      {
        test: {
          ...limits,
          name: "beside",
          runner: patient,
          include: beside,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      ...real.map((kind, index) => ({
        test: {
          ...limits,
          name: kind,
          runner: patient,
          include: [kindOf(kind)],
          exclude: beside,
          fileParallelism: false,
          sequence: { groupOrder: index + 2 },
        },
      })),
    ],
  },
});
