import { defineConfig } from "vitest/config";

const real = ["process", "docker", "browser"] as const;

/**
 * Hermetic tests need nothing but Node: several files share a worker, as starting one costs more than most files need. The others start the
 * real thing, so they run one file at a time, kind after kind.
 */
export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: "hermetic", include: ["{harness,targets,experiments}/**/*.test.ts"], isolate: false, maxWorkers: "100%", sequence: { groupOrder: 0 },
          exclude: real.map((kind) => `**/*.${kind}.test.ts`), testTimeout: 10_000,
        },
      },
      ...real.map((kind, index) => ({
        test: {
          name: kind, include: [`{harness,targets,experiments}/**/*.${kind}.test.ts`], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false,
          sequence: { groupOrder: index + 1 },
        },
      })),
    ],
  },
});
