import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RunDocument, runDocumentSchema, runRecordSchema } from '#graph'
import { type Fault, type OllamaStandIn, startOllamaStandIn } from './ollama-stand-in/server.ts'
import { dataFolder, pressroom } from './support/pressroom.ts'

const TEMPLATE = 'linkedin-post-swarm'
const BRIEF = join(import.meta.dirname, '..', 'templates', TEMPLATE, 'brief.json')
const RUN = ['run', TEMPLATE, '--input', BRIEF, '--json']

let data: Awaited<ReturnType<typeof dataFolder>>
let ollama: OllamaStandIn
beforeAll(async () => {
  data = await dataFolder()
})
afterAll(() => data.remove())
beforeEach(async () => {
  ollama = await startOllamaStandIn({ retryAfterSeconds: 1 })
})
afterEach(() => ollama.close())

const run = (extra: Record<string, string> = {}) =>
  pressroom(RUN, data.path, { OLLAMA_HOST: ollama.url, ...extra })
const documentOf = (stdout: string): RunDocument => runDocumentSchema.parse(JSON.parse(stdout))

async function recordOf(document: RunDocument) {
  const { stdout } = await pressroom(['runs', 'show', document.runId, '--json'], data.path)
  return runRecordSchema.parse(JSON.parse(stdout))
}

describe('OLLAMA_HOST', () => {
  test('makes the same run use that server, for every call', async () => {
    const { code, stdout } = await run()
    expect(code).toBe(0)
    const document = documentOf(stdout)
    expect(document.status).toBe('succeeded')
    expect(document.models.map((model) => model.provider)).not.toContain('sample')
    expect(ollama.counters.finished).toBe(document.usage.calls)
    expect(document.drafts).toHaveLength(document.plan.drafts)
  })

  test.each<[Fault, string, number]>([
    ['down', 'model.unreachable', 3],
    ['half-stream', 'model.stream_broken', 3],
    ['malformed-line', 'model.malformed', 3],
    ['invalid-structured', 'model.reply_invalid', 3],
    ['model-missing', 'model.not_found', 1],
  ])(
    '%s: a clear failed step %s after %i attempts, and no score or rank that nobody gave',
    async (fault, code, attempts) => {
      ollama.setFault(fault)
      const result = await run()
      const document = documentOf(result.stdout)
      expect(result.code).toBe(1)
      expect(document.status).toBe('failed')
      expect(document.failure?.code).toBe(code)
      expect(document.failure?.fix).not.toBe('')
      expect(document.evaluations).toEqual([])
      expect(document.ranking).toEqual([])
      expect(document.deliverable).toBeNull()
      const failed = (await recordOf(document)).steps.filter((step) => step.status === 'failed')
      expect(failed.length).toBeGreaterThan(0)
      for (const step of failed) {
        expect(step.failure?.code).toBe(code)
        expect(step.attempts).toHaveLength(attempts)
      }
    },
  )

  test('a server that is overloaded for a moment is asked again when it said, and the run succeeds', async () => {
    ollama.setFault('overloaded', 2)
    const { code, stdout } = await run()
    expect(code).toBe(0)
    const record = await recordOf(documentOf(stdout))
    const failures = record.steps
      .flatMap((step) => step.attempts)
      .flatMap(({ failure }) => (failure ? [failure.code] : []))
    expect(failures).toEqual(['model.overloaded', 'model.overloaded'])
  })

  test('a reply that does not fit is kept with the failure', async () => {
    ollama.setFault('invalid-structured')
    const document = documentOf((await run()).stdout)
    expect(document.failure?.facts['reply']).toEqual(expect.any(String))
  })

  test('an address where nothing listens gives a failed step that names it and says what to do', async () => {
    const { url } = ollama
    await ollama.close()
    const { code, stdout, stderr } = await pressroom(RUN, data.path, { OLLAMA_HOST: url })
    expect(code).toBe(1)
    expect(documentOf(stdout).failure?.code).toBe('model.unreachable')
    expect(stderr).toContain(url)
  })
})
