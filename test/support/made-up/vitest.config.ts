/**
 * Made-up tests that fail in every way that a test can fail, for the tests of the patient runner.
 */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.made-up.ts"],
    runner: "../patient-runner.ts",
    fileParallelism: false,
    // Like the configuration of the project's tests.
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
