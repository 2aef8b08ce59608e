import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunDocument, runDocumentSchema, runRecordSchema } from '#graph'
import { dataFolder, pressroom, startServer } from './support/pressroom.ts'
import { withoutIdsAndTimes } from './support/same-document.ts'

const BRIEF = join(import.meta.dirname, '..', 'templates', 'blog-post-swarm', 'brief.json')
const RUN = ['run', 'blog-post-swarm', '--input', BRIEF, '--json']

let data: Awaited<ReturnType<typeof dataFolder>>
beforeAll(async () => {
  data = await dataFolder()
})
afterAll(() => data.remove())

const documentOf = (stdout: string): RunDocument => runDocumentSchema.parse(JSON.parse(stdout))

describe('pressroom run', () => {
  test('a template and a brief come to one JSON document on stdout: six drafts, all scored, ranked and delivered', async () => {
    const { code, stdout, stderr } = await pressroom(RUN, data.path)
    expect(stderr).toContain('✓')
    expect(code).toBe(0)
    const document = documentOf(stdout)
    expect(document.status).toBe('succeeded')
    expect(document.plan.drafts).toBe(6)
    expect(document.drafts).toHaveLength(6)
    expect(new Set(document.drafts.map((draft) => `${draft.writer} ${draft.editor}`)).size).toBe(6)
    for (const draft of document.drafts) {
      expect(draft.revisions.map((revision) => revision.number)).toEqual(
        draft.revisions.map((_, index) => index + 1),
      )
      expect(draft.revisions.at(-1)?.text).toBe(draft.text)
      expect(['approved', 'max_cycles_reached']).toContain(draft.status)
    }
    const initial = document.evaluations.filter((evaluation) => evaluation.stage === 'initial')
    expect(initial).toHaveLength(18)
    for (const { criteria } of initial) {
      expect(criteria).toHaveLength(4)
      for (const { score, reason } of criteria) {
        expect(score).toBeGreaterThanOrEqual(1)
        expect(score).toBeLessThanOrEqual(10)
        expect(reason).not.toBe('')
      }
    }
    expect(document.ranking.map((entry) => entry.rank)).toEqual([1, 2, 3, 4, 5, 6])
    expect(document.ranking.reduce((sum, entry) => sum + (entry.points ?? 0), 0)).toBe(3 * (100 + 60 + 30))
    expect(document.deliverable?.versions.map((version) => [version.rank, version.current])).toEqual([
      [1, true],
      [2, false],
      [3, false],
    ])
    expect(document.models.map((model) => model.label)).toContain('Sample model: no AI')
    expect(document.usage.calls).toBeLessThanOrEqual(document.plan.maxCalls)
  })

  test('every step that ran was in the plan', async () => {
    const { stdout } = await pressroom(['runs', '--json'], data.path)
    const [newest] = JSON.parse(stdout) as { id: string }[]
    const shown = await pressroom(['runs', 'show', newest?.id ?? '', '--json'], data.path)
    const record = runRecordSchema.parse(JSON.parse(shown.stdout))
    expect(record.steps.map((step) => step.path).toSorted()).toEqual(
      record.plan.steps.map((step) => step.path).toSorted(),
    )
    expect(record.steps.every((step) => step.attempts.length === 1)).toBe(true)
    expect(record.events.map((event) => event.seq)).toEqual(record.events.map((_, index) => index + 1))
  })

  test('the same input and seed give the same document apart from ids and times, another seed another one', async () => {
    const [first, second, other] = [
      await pressroom([...RUN, '--seed', '7'], data.path),
      await pressroom([...RUN, '--seed', '7'], data.path),
      await pressroom([...RUN, '--seed', '8'], data.path),
    ].map(({ stdout }) => withoutIdsAndTimes(documentOf(stdout)))
    expect(second).toEqual(first)
    expect(other).not.toEqual(first)
  })

  test('a run is run again from a node: what came before is taken over, and the same comes of it', async () => {
    const first = documentOf((await pressroom(RUN, data.path)).stdout)
    const again = await pressroom(['runs', 'rerun', first.runId, '--from', 'evaluators', '--json'], data.path)
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('= Creative writer')])
    const second = documentOf(again.stdout)
    expect(second).toMatchObject({ rerunOf: first.runId, replay: { node: 'evaluators', edited: 0 } })
    const texts = ({ drafts }: RunDocument) =>
      drafts.map(({ writer, editor, text }) => [writer, editor, text])
    expect(texts(second)).toEqual(texts(first))
    expect(second.ranking.map(({ points, meanScore }) => [points, meanScore])).toEqual(
      first.ranking.map(({ points, meanScore }) => [points, meanScore]),
    )
    const judging = first.evaluations.length
    expect(second.usage.calls).toBeLessThanOrEqual(judging)
    expect(second.usage.calls).toBeLessThan(first.usage.calls)
    const retried = await pressroom(['runs', 'retry', first.runId], data.path)
    expect([retried.code, retried.stderr]).toEqual([2, expect.stringContaining('nothing to try again')])
  })

  test('what arrived at a node is printed, changed, and given back to a rerun', async () => {
    const { runId } = documentOf((await pressroom(RUN, data.path)).stdout)
    const printed = await pressroom(['runs', 'inputs', runId, '--node', 'writers'], data.path)
    const items = JSON.parse(printed.stdout) as Record<string, { topic: string }>
    const [[path, brief]] = Object.entries(items) as [[string, { topic: string }]]
    const file = join(data.path, 'items.json')
    await writeFile(file, JSON.stringify({ [path]: { ...brief, topic: 'A topic of another kind' } }))
    const rerun = ['runs', 'rerun', runId, '--from', 'writers', '--input', file, '--json']
    const changed = documentOf((await pressroom(rerun, data.path)).stdout)
    expect(changed.replay).toMatchObject({ edited: 1, given: 1 })
    expect(changed.drafts).toHaveLength(6)
    for (const { text } of changed.drafts) expect(text.toLowerCase()).toContain('a topic of another kind')
    await writeFile(file, JSON.stringify({ [path]: { ...brief, topic: '' } }))
    const bad = await pressroom(rerun, data.path)
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining(`input.${path}.topic: `)])
  })

  test('a run under a key is started once, also by another process, and the key is not for another input', async () => {
    const once = [...RUN, '--idempotency-key', 'from-a-script']
    const [first, second] = await Promise.all([pressroom(once, data.path), pressroom(once, data.path)])
    expect(documentOf(second.stdout).runId).toBe(documentOf(first.stdout).runId)
    const other = await pressroom([...once, '--seed', '99'], data.path)
    expect([other.code, other.stdout, other.stderr]).toEqual([
      2,
      '',
      expect.stringContaining('another request'),
    ])
  })

  test('bad input ends with 2 and names every fault by its path, on stderr alone', async () => {
    const brief = JSON.parse(await readFile(BRIEF, 'utf8')) as Record<string, unknown>
    delete brief['audience']
    const path = join(data.path, 'bad.json')
    await writeFile(path, JSON.stringify({ ...brief, tone: 'shouting', keyPoints: [] }))
    const { code, stdout, stderr } = await pressroom(
      ['run', 'blog-post-swarm', '--input', path, '--json'],
      data.path,
    )
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('brief.audience: required')
    expect(stderr).toMatch(/^brief\.tone: /m)
    expect(stderr).toMatch(/^brief\.keyPoints: /m)
  })

  test('an unknown template, a file that is not JSON and a missing file end with 2 and say what to do', async () => {
    const path = join(data.path, 'broken.json')
    await writeFile(path, '{ "topic": ')
    for (const [args, said] of [
      [['run', 'nothing', '--input', BRIEF], 'blog-post-swarm'],
      [['run', 'blog-post-swarm', '--input', path], 'not JSON'],
      [['run', 'blog-post-swarm', '--input', '/nowhere.json'], "can't be read"],
    ] as const) {
      const { code, stdout, stderr } = await pressroom([...args], data.path)
      expect(code).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toContain(said)
    }
  })

  test('run, runs and runs show work against the same data folder while the server runs', async () => {
    const server = await startServer(data.path)
    try {
      const { code, stdout } = await pressroom(RUN, data.path)
      expect(code).toBe(0)
      const document = documentOf(stdout)
      const shown = await pressroom(['runs', 'show', document.runId, '--json'], data.path)
      const { steps: _steps, events: _events, ...rest } = runRecordSchema.parse(JSON.parse(shown.stdout))
      expect(rest).toEqual(document)
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    } finally {
      expect(await server.stop()).toBe(0)
    }
  })

  test('a wrong environment ends with 2 and names every variable', async () => {
    const { code, stderr } = await pressroom(['runs'], data.path, {
      PORT: 'eighty',
      DATABASE_URL: 'mysql://x',
    })
    expect(code).toBe(2)
    expect(stderr).toContain('PORT')
    expect(stderr).toContain('DATABASE_URL')
  })

  test('doctor says what is there and exits with 0 on a machine with nothing but Pressroom', async () => {
    const { code, stdout } = await pressroom(['doctor', '--json'], data.path, { PORT: '0' })
    const diagnoses = JSON.parse(stdout) as { what: string; state: string; fix: string | null }[]
    expect(diagnoses.filter(({ state }) => state === 'broken')).toEqual([])
    expect(diagnoses.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['Database', 'Queue', 'Models: ollama']),
    )
    expect(code).toBe(0)
  })
})
