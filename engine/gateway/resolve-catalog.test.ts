import { describe, expect, test } from 'vitest'
import { type Catalog, PressroomError } from '#graph'
import type { ModelProvider, ProviderModel } from '#run/interfaces.ts'
import { modelStatus } from './model-status.ts'
import { createCatalogResolver, resolveCatalog } from './resolve-catalog.ts'

const model = (provider: string, id: string): Catalog['models'][number] => ({
  id,
  agent: null,
  provider,
  model: provider === 'auto' ? 'auto' : 'm',
  label: 'As saved',
  local: true,
  isDefault: true,
  temperature: 0.7,
  maxOutputTokens: 4_096,
})
const catalog: Catalog = {
  contentTypes: [],
  agents: [],
  models: [model('auto', 'a'), model('elsewhere', 'b')],
}

const provider = (name: string, list: (signal?: AbortSignal) => Promise<ProviderModel[]>): ModelProvider => ({
  name,
  local: true,
  list,
  generate: () => Promise.reject(new Error('not asked')),
})
const down = () =>
  Promise.reject(
    new PressroomError({ code: 'model.unreachable', message: 'Nobody there.', fix: 'Start it.' }),
  )
const silent = (signal?: AbortSignal) =>
  new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
const has =
  (...names: string[]) =>
  () =>
    Promise.resolve(names.map((name) => ({ name, sizeBytes: null })))
const first = async (list: ModelProvider['list'], options: Parameters<typeof resolveCatalog>[2]) =>
  (await resolveCatalog(catalog, [provider('ollama', list)], options)).models[0]

describe('configurations of provider "auto"', () => {
  test('go to the Ollama that answers on this machine, with its first model', async () => {
    expect(await first(has('llama3.2:3b', 'x'), { ollamaConfigured: false })).toMatchObject({
      id: 'a',
      provider: 'ollama',
      model: 'llama3.2:3b',
      label: 'Ollama: llama3.2:3b',
    })
  })

  test.each([
    ['does not run', down],
    ['does not answer in time', silent],
    ['has no model', has()],
  ])(
    'go to the sample model, named as what it is, when an Ollama that nobody configured %s',
    async (_, list) => {
      expect(await first(list, { ollamaConfigured: false, probeMs: 20 })).toMatchObject({
        provider: 'sample',
        model: 'sample-1',
        label: 'Sample model: no AI',
        local: true,
      })
    },
  )

  test('stay with a configured Ollama that is down, so that the call says what is wrong', async () => {
    expect(await first(down, { ollamaConfigured: true })).toMatchObject({ provider: 'ollama', model: 'auto' })
  })

  test('take the configured model without asking', async () => {
    expect(await first(down, { ollamaConfigured: true, ollamaModel: 'qwen3' })).toMatchObject({
      provider: 'ollama',
      model: 'qwen3',
    })
  })

  test('change, others stay as they were saved', async () => {
    const resolved = await resolveCatalog(catalog, [], { ollamaConfigured: false })
    expect(resolved.models[1]).toEqual(catalog.models[1])
    expect(catalog.models[0]?.provider).toBe('auto')
  })
})

test('the status says of each provider whether it answers, with what, and what to do', async () => {
  const status = await modelStatus([
    provider('sample', has('sample-1')),
    provider('ollama', has()),
    provider('far', down),
  ])
  expect(status).toMatchObject([
    { provider: 'sample', reachable: true, message: 'sample answers with 1 model.', fix: null },
    { provider: 'ollama', reachable: true, models: [], fix: expect.stringContaining('ollama pull') },
    { provider: 'far', reachable: false, message: 'Nobody there.', fix: 'Start it.' },
  ])
})

test('catalogues that are resolved at once ask the model server once, and get the same answer', async () => {
  let asked = 0
  const list = () => {
    asked += 1
    return Promise.resolve([{ name: `model ${asked}`, sizeBytes: null }])
  }
  const resolve = createCatalogResolver([provider('ollama', list)], { ollamaConfigured: false })
  const all = await Promise.all([resolve(catalog), resolve(catalog)])
  expect(asked).toBe(1)
  expect(all.map(({ models }) => models[0]?.model)).toEqual(['model 1', 'model 1'])
})
