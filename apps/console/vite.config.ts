import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));

/** Writes `.br` and `.gz` beside every text asset, so that the server never compresses at request time. */
function precompress(): Plugin {
  return {
    name: "weir-precompress",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(join(root, "dist"), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:js|css|html|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        if (bytes.length < 1024) continue;
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(
          `${path}.br`,
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
        );
      }
    },
  };
}

export default defineConfig({
  root,
  plugins: [react(), tailwindcss(), precompress()],
  build: {
    // The first versions that know OKLCH, `light-dark()` and nesting: nothing is rewritten into larger CSS.
    target: ["chrome123", "firefox128", "safari17.5"],
    sourcemap: false,
    assetsInlineLimit: 0,
    // In one file, where what configures zod runs before the schemas are made; across files it would run after them.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "schema", test: /without-eval|packages.schema|node_modules.zod/ }],
        },
      },
    },
  },
  server: { proxy: { "/api": "http://127.0.0.1:9347", "/v1": "http://127.0.0.1:9347" } },
});
