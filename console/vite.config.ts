import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    outDir: "../dist/console",
    emptyOutDir: true,
    // Browsers of 2024 and later; older style sheets would have no light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The limit of what the first page may cost is tested; this is only Vite's advice.
    chunkSizeWarningLimit: 2_000,
    modulePreload: { polyfill: false },
  },
  // `npx vite console`, beside a running OpenTrail.
  server: { proxy: { "/_opentrail": "http://127.0.0.1:4770" } },
});
