/**
 * Bundles a plugin's nodes with the guest into one script for isolates and learns the plugin's manifests by asking the
 * script inside a sandbox process: plugin code is read here, never imported. Both are kept by content hash.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { PressroomError, nodeManifestSchema, type NodeManifest } from '#graph'
import { nodeFlags } from './node-flags.ts'
import type { PluginSource } from './options.ts'

const GUEST_FOLDER = fileURLToPath(new URL('./guest/', import.meta.url))
const SDK_FOLDER = fileURLToPath(new URL('../sdk/', import.meta.url))
const NODES_FOLDER = fileURLToPath(new URL('../../nodes/', import.meta.url))
/** Raised when what this file makes of the same sources changes. */
const FORMAT = 4
/** What zod says in fifty languages would be in every context. */
const OTHER_LANGUAGES = /zod\/v4\/locales\/index\.js$/

export const CORE_PLUGIN: PluginSource = { id: 'pressroom/core', folder: NODES_FOLDER }
/** No nodes, and the whole SDK: what plugins that bring a script start from. */
export const BASE_PLUGIN: PluginSource = { id: 'pressroom/base', folder: null }

export interface PluginBundle {
  id: string
  hash: string
  code: string
  manifests: NodeManifest[]
  /** Heap of a context with the plugin loaded, base64; null until a process has made it. */
  snapshot: string | null
}

const savedSchema = z.object({ code: z.string(), manifests: z.array(nodeManifestSchema) })

/** `describe` runs the script in a sandbox process and gives back what its `manifests` says. */
export async function loadBundle(
  plugin: PluginSource,
  cacheDir: string,
  describe: (code: string) => Promise<unknown>,
): Promise<PluginBundle> {
  await mkdir(cacheDir, { recursive: true })
  const sources = plugin.folder === null ? [] : await sourcesOf(plugin.folder)
  const hash = await hashOf(plugin, sources)
  const file = join(cacheDir, `${hash}.json`)
  const saved = await readSaved(file)
  const snapshot = await readSnapshot(snapshotFile(cacheDir, hash))
  if (saved) return { id: plugin.id, hash, ...saved, snapshot }

  const code = await bundle(
    sources.filter(({ text }) => /^\s*export default\b/m.test(text)).map(({ path }) => path),
  )
  const manifests = readManifests(plugin.id, await describe(code))
  await writeWhole(file, JSON.stringify({ code, manifests }))
  return { id: plugin.id, hash, code, manifests, snapshot }
}

export async function keepSnapshot(cacheDir: string, bundle: PluginBundle, snapshot: string): Promise<void> {
  bundle.snapshot = snapshot
  const bytes = Buffer.from(snapshot, 'base64')
  await writeWhole(snapshotFile(cacheDir, bundle.hash), Buffer.concat([sha256(bytes), bytes]))
}

/** Snapshots fit one build of V8 only. */
const snapshotFile = (cacheDir: string, hash: string) =>
  join(cacheDir, `${hash}.${process.version}-${process.versions.v8}-${process.arch}`)

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest()

/** V8 aborts on a damaged snapshot, so one that does not match its checksum is made anew. */
async function readSnapshot(file: string): Promise<string | null> {
  const content = await readFile(file).catch(ignoreMissing)
  if (content === null) return null
  const bytes = content.subarray(32)
  return sha256(bytes).equals(content.subarray(0, 32)) ? bytes.toString('base64') : null
}

async function sourcesOf(folder: string): Promise<{ path: string; text: string }[]> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
  return Promise.all(
    names.map(async (name) => ({
      path: join(folder, name),
      text: await readFile(join(folder, name), 'utf8'),
    })),
  )
}

async function hashOf(plugin: PluginSource, sources: { path: string; text: string }[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([FORMAT, plugin.id, versions(), nodeFlags()]))
  for (const { path, text } of [
    ...sources,
    ...(await sourcesOf(GUEST_FOLDER)),
    ...(await sourcesOf(SDK_FOLDER)),
  ]) {
    hash.update(JSON.stringify([path, text]))
  }
  return hash.digest('hex').slice(0, 32)
}

function versions(): string[] {
  const require = createRequire(import.meta.url)
  return ['zod', 'liquidjs', 'rolldown'].map((name) => {
    const { version } = z.object({ version: z.string() }).parse(require(`${name}/package.json`))
    return `${name}@${version}`
  })
}

/** A script, strict so that nothing in it can be found by `caller`, that leaves the guest as a global, to be taken out by the host and deleted. The guest comes first, so it runs before any code of the plugin. */
async function bundle(nodeFiles: string[]): Promise<string> {
  const { rolldown } = await import('rolldown')
  const entry = [
    `import { install } from ${JSON.stringify(join(GUEST_FOLDER, 'index.ts'))}`,
    ...(nodeFiles.length === 0 ? [`import * as sdk from '#sdk'`] : []),
    `export const guest = install([${nodeFiles.map((file) => `() => import(${JSON.stringify(file)})`).join(', ')}]${
      nodeFiles.length === 0 ? ', sdk' : ''
    })`,
  ].join('\n')
  const build = await rolldown({
    input: 'pressroom:entry',
    platform: 'browser',
    resolve: { alias: { '#sdk': join(SDK_FOLDER, 'author.ts') } },
    logLevel: 'silent',
    plugins: [
      {
        name: 'pressroom-entry',
        resolveId: (id) => (id === 'pressroom:entry' ? id : null),
        load: (id) => (id === 'pressroom:entry' ? entry : OTHER_LANGUAGES.test(id) ? 'export {}' : null),
      },
    ],
  })
  try {
    const { output } = await build.generate({
      format: 'iife',
      name: 'plugin',
      minify: true,
      codeSplitting: false,
    })
    return `globalThis.pressroomGuest=(function(){'use strict';${output[0].code}\nreturn plugin.guest})()`
  } catch (error) {
    throw new PressroomError(
      {
        code: 'plugin.invalid',
        message: `The plugin could not be bundled: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'Correct the source that the message names and start again.',
      },
      error,
    )
  } finally {
    await build.close()
  }
}

export function readManifests(plugin: string, raw: unknown): NodeManifest[] {
  const manifests = z.array(nodeManifestSchema).safeParse(raw)
  if (manifests.success) return manifests.data
  throw new PressroomError({
    code: 'plugin.invalid',
    message: `The nodes of plugin "${plugin}" do not describe themselves properly: ${z.prettifyError(manifests.error)}`,
    fix: 'Correct the node definitions that the message names.',
    facts: { plugin },
  })
}

/** A file that is not there yet, or was written by an older release or half-way, is simply made anew. */
async function readSaved(file: string): Promise<z.infer<typeof savedSchema> | null> {
  const text = await readFile(file, 'utf8').catch(ignoreMissing)
  if (text === null) return null
  try {
    return savedSchema.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

let writes = 0
async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  // Several sandbox processes may make the same at the same time.
  const half = `${file}.${process.pid}-${++writes}.part`
  await writeFile(half, content)
  await rename(half, file)
}
