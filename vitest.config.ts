import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "console/src/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of a story's time is waiting: for intervals, processes, other programs.
    maxWorkers: 3,
  },
});
