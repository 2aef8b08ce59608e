import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import { runDocumentSchema, runRecordSchema } from '#graph'
import type { RunReader, RunSnapshot, RunStore, RunWrites } from '#run/interfaces.ts'
import { createRunReader } from './run-reader.ts'
import { testOrganisation } from './testing/database.ts'
import * as fixture from './testing/run-fixtures.ts'
import { runHarness, said, type RunHarness } from './testing/run-harness.ts'

const { asJson, callOf, commit, draftOf, evaluationOf, outputOf, rankingOf, stepOf, writing } = fixture

let harness: RunHarness
let pool: pg.Pool
let store: RunStore
let started: RunHarness['started']
let rows: RunHarness['rows']
let reader: RunReader & { close(): Promise<void> }
const errors: unknown[] = []

beforeAll(async () => {
  harness = await runHarness(true)
  ;({ store, started, rows } = harness)
  pool = new pg.Pool({ connectionString: harness.database.url, max: 2, pipeline: true })
  reader = createRunReader(pool, harness.database.url, { onError: (error) => errors.push(error) })
})

afterAll(async () => {
  await reader.close()
  await pool.end()
  await harness.close()
})

/** A run with two drafts (one taken up by an editor), an evaluation, a ranking and a deliverable. */
async function finished(): Promise<RunSnapshot> {
  const run = await started((own) => ({
    newSteps: [stepOf(own, 'w', { status: 'running', attempt: 1, leaseOwner: 'x' })],
  }))
  const step = stepOf(run, 'w')
  const [first, second] = [`${run.id}-d1`, `${run.id}-d2`]
  const write = (
    index: number,
    nodeId: string,
    portType: 'draft' | 'evaluation' | 'ranking' | 'deliverable',
    value: unknown,
  ) => outputOf(step, asJson(value), { id: `${step.id}.${index}`, nodeId, portType, ordinal: [index] })
  const winner = { title: 'Tea', contentType: 'blog-post', winner: second, note: null, versions: [] }
  await commit(
    store,
    writing(run, {
      outputs: [
        write(0, 'write', 'draft', draftOf(first, null, ['One'])),
        write(1, 'write', 'draft', draftOf(second, first, ['One', 'Better'])),
        write(2, 'judge', 'evaluation', evaluationOf(second, 'initial')),
        write(3, 'rank', 'ranking', rankingOf([{ id: second, rank: 1 }])),
        write(4, 'deliver', 'deliverable', winner),
      ],
      calls: [callOf(step, 'k')],
      events: [said('done')],
    }),
  )
  return run
}

describe('results', () => {
  test('every revision of every draft is a row of its own, also under the draft that took it up', async () => {
    const run = await finished()
    const found = await rows(
      'SELECT draft_id, number, text FROM revisions WHERE run_id = $1 ORDER BY 1, 2',
      run.id,
    )
    expect(found).toEqual([
      { draft_id: `${run.id}-d1`, number: 1, text: 'One' },
      { draft_id: `${run.id}-d2`, number: 1, text: 'One' },
      { draft_id: `${run.id}-d2`, number: 2, text: 'Better' },
    ])
  })

  test('a draft that passes through another node changes neither its row nor its revisions', async () => {
    const run = await finished()
    const again = outputOf(stepOf(run, 'w'), asJson(draftOf(`${run.id}-d1`, null, ['Other'])), {
      id: `${run.id}-again`,
      portType: 'draft',
    })
    await commit(store, writing(run, { outputs: [again] }))
    const drafts = await rows('SELECT output_id FROM drafts WHERE id = $1', `${run.id}-d1`)
    const texts = await rows('SELECT text FROM revisions WHERE draft_id = $1', `${run.id}-d1`)
    expect([drafts, texts]).toEqual([[{ output_id: `${run.id}-w.0` }], [{ text: 'One' }]])
  })

  test('evaluations, the ballots of a ranking and the deliverable have rows', async () => {
    const run = await finished()
    const evaluations = await rows(
      'SELECT id, stage, rank, score, model FROM evaluations WHERE run_id = $1 ORDER BY id',
      run.id,
    )
    expect(evaluations).toEqual([
      { id: `${run.id}-w.2`, stage: 'initial', rank: null, score: 8, model: 'sample' },
      { id: `${run.id}-w.3.0`, stage: 'final', rank: 1, score: 100, model: 'sample' },
    ])
    const deliverables = await rows(
      'SELECT id, winner, content_type FROM deliverables WHERE run_id = $1',
      run.id,
    )
    expect(deliverables).toEqual([{ id: `${run.id}-w.4`, winner: `${run.id}-d2`, content_type: 'blog-post' }])
  })

  test('an output that is not what its port says is refused with everything beside it', async () => {
    const run = await started()
    const output = outputOf(stepOf(run, 'w'), { text: 'no draft' }, { portType: 'draft' })
    await expect(
      commit(store, writing(run, { outputs: [output], events: [said('no')] })),
    ).rejects.toMatchObject({
      failure: { code: 'store.bad_output' },
    })
    expect(await reader.events('acme', run.id, 0, 10)).toEqual([])
  })
})

describe('documents', () => {
  test('a document is put together from the rows and fits its schema', async () => {
    const run = await finished()
    const document = await reader.document('acme', run.id)
    expect(runDocumentSchema.parse(document)).toEqual(document)
    expect(document?.drafts.map(({ id }) => id)).toEqual([`${run.id}-d2`])
    expect(document?.evaluations.map(({ stage }) => stage)).toEqual(['initial', 'final'])
    expect(document).toMatchObject({
      deliverable: { winner: `${run.id}-d2` },
      models: [{ id: 'sample' }],
      seed: 7,
    })
  })

  test('a record adds the steps and the whole log', async () => {
    const run = await finished()
    const record = await reader.record('acme', run.id)
    expect(runRecordSchema.parse(record)).toEqual(record)
    expect(record?.steps.map(({ path, status }) => ({ path, status }))).toEqual([
      { path: 'w', status: 'running' },
    ])
    expect(record?.events.map(({ seq }) => seq)).toEqual([1])
  })

  test('the items of a node come in stable order, by port where one is named, counted beyond the limit', async () => {
    const run = await finished()
    const of = (nodeId: string, limit = 10, port?: string) =>
      reader.outputs('acme', run.id, { nodeId, limit, port })
    const all = await of('write')
    expect(all?.outputs.map(({ value }) => (value as { id: string }).id)).toEqual([
      `${run.id}-d1`,
      `${run.id}-d2`,
    ])
    expect(await of('write', 1)).toEqual({ total: 2, outputs: all?.outputs.slice(0, 1) })
    expect(await of('write', 10, 'no-such-port')).toEqual({ total: 0, outputs: [] })
    expect(await reader.outputs('acme', 'no-such-run', { nodeId: 'write', limit: 1 })).toBeNull()
  })

  test('the flow of a run is the one that it was started with', async () => {
    const run = await started()
    expect(await reader.flow('acme', run.id)).toEqual({ flow: run.flow, manifests: [] })
  })

  test("another organisation's run is not there in any way", async () => {
    const run = await finished()
    expect(await reader.document('rival', run.id)).toBeNull()
    expect(await reader.record('rival', run.id)).toBeNull()
    expect(await reader.flow('rival', run.id)).toBeNull()
    expect(await reader.events('rival', run.id, 0, 10)).toBeNull()
    expect(await reader.streams('rival', run.id)).toEqual([])
    expect(await reader.outputs('rival', run.id, { nodeId: 'write', limit: 10 })).toBeNull()
    expect(await reader.list('rival', { limit: 100 })).toEqual([])
  })
})

describe('the list of runs', () => {
  test('is newest first, counts what was done and goes on after a given run', async () => {
    await testOrganisation(harness.database, 'lister')
    const done = (own: RunSnapshot): RunWrites => ({
      newSteps: [stepOf(own, 'a', { status: 'skipped' }), stepOf(own, 'b')],
    })
    const made = [await started(done, 'lister'), await started(done, 'lister'), await started(done, 'lister')]
    const ids = made.map(({ id }) => id).toReversed()
    const all = await reader.list('lister', { limit: 10 })
    expect(all.map(({ id }) => id)).toEqual(ids)
    expect(all[0]).toMatchObject({
      topic: 'Tea',
      flowName: 'Blog post swarm',
      plannedSteps: 0,
      finishedSteps: 1,
      drafts: 0,
    })
    const page = await reader.list('lister', { limit: 2 })
    expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const rest = await reader.list('lister', { limit: 2, before: page.at(-1)?.id ?? '' })
    expect(rest.map(({ id }) => id)).toEqual(ids.slice(2))
  })

  test('can be of one flow only', async () => {
    await testOrganisation(harness.database, 'sorter')
    const [run] = [await started(undefined, 'sorter'), await started(undefined, 'sorter')]
    await rows(
      `INSERT INTO flows (id, organisation_id, slug, name, description, draft)
       VALUES ('f-sorter', 'sorter', 'tea', 'Tea', '', '{}')`,
    )
    await rows(`UPDATE runs SET flow_id = 'f-sorter' WHERE id = $1`, run.id)
    const found = await reader.list('sorter', { limit: 10, flowId: 'f-sorter' })
    expect(found.map(({ id }) => id)).toEqual([run.id])
    expect(await reader.list('sorter', { limit: 10, flowId: 'another' })).toEqual([])
  })
})

describe('events and streams', () => {
  test('events go on from any number, in order, at most as many as asked for', async () => {
    const run = await started(() => ({ events: ['a', 'b', 'c', 'd'].map(said) }))
    const seqs = async (after: number, limit: number) =>
      (await reader.events('acme', run.id, after, limit))?.map(({ seq }) => seq)
    expect(await seqs(0, 10)).toEqual([1, 2, 3, 4])
    expect(await seqs(2, 1)).toEqual([3])
    expect(await seqs(4, 10)).toEqual([])
  })

  const running = { status: 'running', attempt: 1, leaseOwner: 'x', needsLocal: true } as const

  test('a stream is read from its beginning until its step ends', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'w', running)] }))
    const stepId = `${run.id}-w`
    const chunk = { stepId, callId: 'c1', purpose: 'First draft' }
    await store.appendStream('acme', run.id, { ...chunk, offset: 0, text: '🍵 Tea' })
    await store.appendStream('acme', run.id, { ...chunk, offset: 6, text: ' is\0good' })
    expect(await reader.streams('acme', run.id)).toEqual([
      { ...chunk, offset: 0, text: '🍵 Tea is\ufffdgood' },
    ])
    const end = { id: stepId, status: 'succeeded' as const, attempt: 1, leaseOwner: null }
    await commit(store, writing(run, { stepChanges: [end] }, [stepId]))
    await store.appendStream('acme', run.id, { ...chunk, offset: 14, text: 'late' })
    expect(await rows('SELECT 1 FROM step_streams WHERE run_id = $1', run.id)).toEqual([])
  })

  test('a run that ends leaves no streams behind', async () => {
    const run = await started((own) => ({ newSteps: [stepOf(own, 'w', running)] }))
    await store.appendStream('acme', run.id, {
      stepId: `${run.id}-w`,
      callId: 'c',
      purpose: 'p',
      offset: 0,
      text: 'T',
    })
    await commit(store, writing(run, { status: 'failed' }))
    expect(await rows('SELECT 1 FROM step_streams WHERE run_id = $1', run.id)).toEqual([])
  })
})

describe('watching', () => {
  let called: string[] = []
  let wake: () => void = () => {}

  // The first watcher ever is called when the connection is there, so the tests below begin with one that listens.
  beforeAll(async () => {
    const stop = reader.watch('any', note('connected'))
    await until(() => count('connected') > 0)
    stop()
  })

  const note = (name: string) => () => {
    called.push(name)
    wake()
  }

  /** Resolves when `condition` holds after some call. */
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (wake = resolve))
  }

  /** Resolves when everything that was notified before has arrived: notifications keep the order of commits. */
  async function caughtUp(): Promise<void> {
    const stop = reader.watch('caught-up', note('caught-up'))
    await rows("SELECT pg_notify('run_events', 'caught-up')")
    await until(() => count('caught-up') > 0)
    stop()
    called = []
  }

  const count = (name: string) => called.filter((other) => other === name).length

  test('a watcher hears of events and stream text of its run and of no other', async () => {
    const own = await started((run) => ({
      newSteps: [stepOf(run, 'w', { status: 'running', attempt: 1, leaseOwner: 'x' })],
    }))
    const other = await started()
    await caughtUp()
    const stop = reader.watch(own.id, note('own'))
    const stopOther = reader.watch(other.id, note('other'))
    await commit(store, writing(own, { events: [said('own')] }))
    await until(() => count('own') === 1)
    await store.appendStream('acme', own.id, {
      stepId: `${own.id}-w`,
      callId: 'c',
      purpose: 'p',
      offset: 0,
      text: 'T',
    })
    await until(() => count('own') === 2)
    stop()
    await commit(store, writing(own, { events: [said('unheard')] }))
    await commit(store, writing(other, { events: [said('other')] }))
    await until(() => count('other') === 1)
    stopOther()
    expect(called).toEqual(['own', 'own', 'other'])
  })

  test('after a lost connection every watcher is called, and hears again', async () => {
    const run = await started()
    await caughtUp()
    const stop = reader.watch(run.id, note('run'))
    await rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pressroom-watch'
      AND datname = current_database()`)
    await until(() => count('run') === 1)
    expect(errors).not.toEqual([])
    await commit(store, writing(run, { events: [said('heard again')] }))
    await until(() => count('run') === 2)
    stop()
  })
})
