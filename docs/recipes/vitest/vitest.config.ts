import { defineConfig } from "vitest/config";

// A server starts before the first test.
export default defineConfig({ test: { testTimeout: 30_000, hookTimeout: 60_000 } });
