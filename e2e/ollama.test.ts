import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type RunRecord, runDocumentSchema } from '#graph'
import { followRun } from '../engine/cli/follow-run.ts'
import type { Engine, Pressroom } from '../engine/cli/pressroom.ts'
import { readConfig } from '../engine/config.ts'
import { wire } from '../engine/main.ts'
import { type Fault, type OllamaStandIn, startOllamaStandIn } from './ollama-stand-in/server.ts'
import { dataFolder, pressroom } from './support/pressroom.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', 'templates', TEMPLATE, 'brief.json')
const RUN = ['run', TEMPLATE, '--input', BRIEF, '--json']

let data: Awaited<ReturnType<typeof dataFolder>>
let ollama: OllamaStandIn
beforeAll(async () => {
  data = await dataFolder()
  ollama = await startOllamaStandIn({ retryAfterSeconds: 1 })
})
afterAll(async () => {
  await ollama.close()
  await data.remove()
})
afterEach(() => ollama.setFault('none'))

describe('OLLAMA_HOST on the command line', () => {
  test('makes the same run use that server, for every call', async () => {
    const { code, stdout } = await pressroom(RUN, data.path, { OLLAMA_HOST: ollama.url })
    expect(code).toBe(0)
    const document = runDocumentSchema.parse(JSON.parse(stdout))
    expect(document.status).toBe('succeeded')
    expect(document.models.map((model) => model.provider)).not.toContain('sample')
    expect(ollama.counters.finished).toBe(document.usage.calls)
    expect(document.drafts).toHaveLength(document.plan.drafts)
  })

  test('with nothing listening there, gives a failed step that names the address, and exit code 1', async () => {
    const gone = await startOllamaStandIn()
    await gone.close()
    const { code, stdout, stderr } = await pressroom(RUN, data.path, { OLLAMA_HOST: gone.url })
    expect(code).toBe(1)
    expect(runDocumentSchema.parse(JSON.parse(stdout)).failure?.code).toBe('model.unreachable')
    expect(stderr).toContain(gone.url)
  })
})

describe('a model server with a fault', () => {
  let parts: Pressroom
  let engine: Engine
  beforeAll(async () => {
    parts = wire(readConfig({ DATA_DIR: data.path, OLLAMA_HOST: ollama.url }), { level: 'silent' })
    engine = await parts.openEngine()
  })
  afterAll(() => parts.close())

  async function run(): Promise<RunRecord> {
    const { organisationId, runs, reader } = engine
    const brief = JSON.parse(await readFile(BRIEF, 'utf8'))
    const { runId } = await runs.start(organisationId, { template: TEMPLATE }, { brief })
    await followRun(reader, organisationId, runId, () => undefined)
    const record = await reader.record(organisationId, runId)
    if (!record) throw new Error(`run ${runId} is gone`)
    return record
  }

  test.each<[Fault, string, number]>([
    ['down', 'model.unreachable', 3],
    ['half-stream', 'model.stream_broken', 3],
    ['malformed-line', 'model.malformed', 3],
    ['invalid-structured', 'model.reply_invalid', 3],
    ['model-missing', 'model.not_found', 1],
  ])(
    '%s: a clear failed step %s after %i attempts, and no score or rank that nobody gave',
    async (...row) => {
      const [fault, code, attempts] = row
      ollama.setFault(fault)
      const record = await run()
      expect(record.status).toBe('failed')
      expect(record.failure?.code).toBe(code)
      expect(record.failure?.fix).not.toBe('')
      expect(record.evaluations).toEqual([])
      expect(record.ranking).toEqual([])
      expect(record.deliverable).toBeNull()
      const failed = record.steps.filter((step) => step.status === 'failed')
      expect(failed.length).toBeGreaterThan(0)
      for (const step of failed) {
        expect(step.failure?.code).toBe(code)
        expect(step.attempts).toHaveLength(attempts)
        const replied = fault === 'invalid-structured' ? 'string' : 'undefined'
        expect(typeof step.failure?.facts['reply']).toBe(replied)
      }
    },
  )

  test('that is overloaded for a moment is asked again when it said, and the run succeeds', async () => {
    ollama.setFault('overloaded', 2)
    const record = await run()
    expect(record.status).toBe('succeeded')
    const failures = record.steps
      .flatMap((step) => step.attempts)
      .flatMap(({ failure }) => (failure ? [failure.code] : []))
    expect(failures).toEqual(['model.overloaded', 'model.overloaded'])
  })
})
