/** Made-up tests that fail in each way in which a test can, for the tests of the patient runner. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.made-up.ts"],
    runner: "../patient-runner.ts",
    fileParallelism: false,
    // As the tests of the project are run.
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
