import { defineConfig } from "vitest/config";

const real = ["process", "docker", "browser"] as const;

/** Hermetic tests need nothing but Node; the others start the real thing, so one file at a time. */
export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: "hermetic", include: ["{harness,targets,experiments}/**/*.test.ts"],
          exclude: real.map((kind) => `**/*.${kind}.test.ts`), testTimeout: 10_000,
        },
      },
      ...real.map((kind) => ({
        test: { name: kind, include: [`{harness,targets,experiments}/**/*.${kind}.test.ts`], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false },
      })),
    ],
  },
});
