import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSandbox } from './index.ts'

let folder: string
let cacheDir: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressroom-plugin-'))
  cacheDir = await mkdtemp(join(tmpdir(), 'pressroom-cache-'))
})
afterEach(async () => {
  for (const each of [folder, cacheDir]) await rm(each, { recursive: true, force: true })
})

const nodeFile = (title: string, type = 'plain') => `
  import { defineNode, z } from '#sdk'
  export default defineNode({
    type: '${type}', version: 1, title: '${title}', summary: '', category: 'flow', icon: 'x', mode: 'each',
    config: z.object({}), inputs: {}, outputs: {}, uses: [], examples: [], run: () => ({}),
  })`

async function titles(): Promise<string[]> {
  const sandbox = await createSandbox({ plugins: [{ id: 'test/plain', folder }], cacheDir, processes: 1 })
  await sandbox.close()
  return sandbox.manifests().map(({ title }) => title)
}

const saved = async () => (await readdir(cacheDir)).filter((name) => name.endsWith('.json'))

test('a second start takes what the first one made, as long as the sources are the same', async () => {
  await writeFile(join(folder, 'plain.ts'), nodeFile('First'))
  expect(await titles()).toEqual(['First'])
  const [file] = await saved()
  const path = join(cacheDir, file ?? '')
  await writeFile(path, (await readFile(path, 'utf8')).replace('"title":"First"', '"title":"From the cache"'))
  expect(await titles()).toEqual(['From the cache'])
})

test('a changed source is bundled anew', async () => {
  await writeFile(join(folder, 'plain.ts'), nodeFile('First'))
  await titles()
  await writeFile(join(folder, 'plain.ts'), nodeFile('Second'))
  expect(await titles()).toEqual(['Second'])
  expect(await saved()).toHaveLength(2)
})

test('a half-written cache file is made anew', async () => {
  await writeFile(join(folder, 'plain.ts'), nodeFile('First'))
  await titles()
  const [file] = await saved()
  await writeFile(join(cacheDir, file ?? ''), '{"code":')
  expect(await titles()).toEqual(['First'])
})

test.each([
  ['does not parse', 'export default defineNode({'],
  ['throws while it loads', `${nodeFile('First')}\nthrow new Error('not today')`],
  ['does not describe itself', `export default { type: 'odd' }`],
])('a plugin that %s is refused as invalid', async (_title, source) => {
  await writeFile(join(folder, 'plain.ts'), source)
  await expect(titles()).rejects.toMatchObject({ failure: { code: 'plugin.invalid' } })
})

test('two nodes of one name are refused', async () => {
  await writeFile(join(folder, 'one.ts'), nodeFile('One', 'same'))
  await writeFile(join(folder, 'two.ts'), nodeFile('Two', 'same'))
  await expect(titles()).rejects.toMatchObject({
    failure: { code: 'plugin.invalid', facts: { node: 'same@1' } },
  })
})

test('code that runs while a plugin loads runs in a sandbox process, not here', async () => {
  await writeFile(join(folder, 'plain.ts'), `${nodeFile('First')}\nglobalThis.loadedHere = true`)
  await titles()
  expect('loadedHere' in globalThis).toBe(false)
})
