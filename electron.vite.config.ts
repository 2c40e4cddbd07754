/**
 * Builds the three runtimes into out/: main (CommonJS for Electron and plain Node, with the command
 * line, the library and the processes of DuckDB and of templates as entries of their own), preload (CommonJS, sandboxed) and renderer (strict-CSP friendly).
 * `dependencies` stay external, everything else is bundled; dynamic imports stay chunks of their own,
 * so that a cold command loads only what it needs.
 */
import react from '@vitejs/plugin-react'
import { chmodSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const at = (path: string) => resolve(import.meta.dirname, path)

/** npm links `bin` at install; a checkout runs out/main/pond.js itself. */
const executable: Plugin = {
  name: 'duckpond:executable',
  writeBundle: ({ dir }, bundle) => {
    if (dir !== undefined && 'pond.js' in bundle) chmodSync(resolve(dir, 'pond.js'), 0o755)
  },
}

export default defineConfig({
  main: {
    plugins: [executable],
    build: {
      // The command line runs under the oldest supported Node, Electron brings a newer one.
      target: 'node20.19',
      rolldownOptions: {
        input: {
          index: at('src/main/index.ts'),
          pond: at('src/main/cli/main.ts'),
          library: at('src/main/library/index.ts'),
          'query-process': at('src/main/query-process/index.ts'),
          'template-process': at('src/main/template-process/index.ts'),
        },
        output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload cannot require from node_modules.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].js' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      emptyOutDir: true,
      // The page also runs in an installed browser, which may be older than Electron's.
      target: 'chrome120',
      minify: true,
      // No data: URIs, so that the content security policy can stay closed.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_500,
      rolldownOptions: { input: at('src/renderer/index.html') },
    },
  },
})
