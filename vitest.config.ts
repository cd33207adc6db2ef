import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@facsimile/source"] },
  ssr: { resolve: { conditions: ["@facsimile/source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    allowOnly: false,
  },
});
