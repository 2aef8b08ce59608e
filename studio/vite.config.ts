import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** Ionic registers all its components from these entries, and our schemas build zod objects: keep only what is used. */
const PURE_MODULES =
  /@ionic\/core\/components\/|ionicons\/components\/|\/engine\/graph\/|\/engine\/access\/|\/plugins\/sdk\//

const engine = process.env['PRESSROOM_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue()],
  build: {
    outDir: fileURLToPath(new URL('../dist/studio', import.meta.url)),
    emptyOutDir: true,
    target: ['chrome123', 'safari17.5', 'firefox120'],
    // An inlined asset would be a data: URL that a strict policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !PURE_MODULES.test(id) } },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/trpc': engine, '/api': engine, '/drafts': { target: engine, ws: true } },
  },
})
