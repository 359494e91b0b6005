import { defineConfig } from "seawall";

export default defineConfig({ experiments: ["loadtest/storms/*.ts"] });
