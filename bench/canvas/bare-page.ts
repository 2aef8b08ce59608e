import { join } from 'node:path'
import { build, preview } from 'vite'

/** Builds the bare page and serves it. */
export async function serveBarePage(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const root = join(import.meta.dirname, 'bare')
  const common = { root, configFile: false, logLevel: 'error' } as const
  await build({ ...common, build: { outDir: folder, emptyOutDir: true } })
  const server = await preview({
    ...common,
    build: { outDir: folder },
    preview: { host: '127.0.0.1', port: 0 },
  })
  const url = server.resolvedUrls?.local[0]
  if (!url) throw new Error('the bare page is served nowhere')
  return { url, close: () => server.close() }
}
