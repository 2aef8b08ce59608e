import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Flow, RunRecord } from '#graph'
import { followRun } from '../../cli/follow-run.ts'
import type { Engine, Pressroom } from '../../cli/pressroom.ts'
import { readConfig } from '../../config.ts'
import { wire } from '../../main.ts'
import { type TestDatabase, testDatabase } from '../../store/testing/database.ts'
import { flowOfNodes, type NodeSketch } from './testing.ts'

let database: TestDatabase
let folder: string
let pressroom: Pressroom
let engine: Engine
let admin: pg.Pool

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pressroom-children-'))
  database = await testDatabase()
  admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  pressroom = wire(readConfig({ DATA_DIR: folder, DATABASE_URL: database.adminUrl }), { level: 'silent' })
  engine = await pressroom.openEngine()
})
afterAll(async () => {
  await pressroom.close()
  await admin.end()
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

async function published(name: string, nodes: NodeSketch[], limits: Partial<Flow['limits']> = {}) {
  const { flows, organisationId } = engine
  const { id } = await flows.create(organisationId, flowOfNodes(name, nodes, limits), [])
  await flows.publish(organisationId, id, '', null)
  return id
}

const greeting = (name = 'Greeting') =>
  published(name, [{ type: 'input' }, { type: 'template-text', config: { text: 'Hello {{ input }}' } }])
/** Waits until it is cancelled. */
const endless = () =>
  published('Endless', [
    { type: 'input' },
    { type: 'delay', config: { how: 'until', until: '2999-01-01 00:00' } },
  ])

async function started(flowId: string, value: unknown): Promise<string> {
  return (await engine.runs.start(engine.organisationId, { flowId }, { value })).runId
}

async function ended(runId: string): Promise<RunRecord> {
  await followRun(engine.reader, engine.organisationId, runId, () => {})
  const record = await engine.reader.record(engine.organisationId, runId)
  if (!record) throw new Error('the run is gone')
  return record
}

const rows = async <T>(text: string, ...values: unknown[]) => (await admin.query(text, values)).rows as T[]
const childrenOf = (runId: string) =>
  rows<{ id: string; status: string }>(
    'SELECT id, status FROM runs WHERE parent_run_id = $1 ORDER BY id',
    runId,
  )

/** Resolves when so many runs of this one wait. */
async function childrenWait(runId: string, count: number): Promise<void> {
  await expect
    .poll(async () => (await childrenOf(runId)).filter(({ status }) => status === 'waiting').length)
    .toBe(count)
}

const texts = ({ outputs }: RunRecord) =>
  outputs.map(({ value }) => (value as { outputs: { value: string }[] }).outputs[0]?.value)

test('a step goes on with what the run of another flow came to', async () => {
  const flow = await greeting()
  const id = await published('Caller', [{ type: 'input' }, { type: 'run-flow', config: { flow } }])
  const record = await ended(await started(id, 'Ada'))
  expect(record.status).toBe('succeeded')
  expect(texts(record)).toEqual(['Hello Ada'])
  expect(await childrenOf(record.runId)).toMatchObject([{ status: 'succeeded' }])
})

test('each entry of a list has a run of its own, and results are in the list’s order', async () => {
  const flow = await greeting()
  const names = ['Ada', 'Grace', 'Mary', 'Joan', 'Kay']
  const id = await published('Map', [{ type: 'input' }, { type: 'map', config: { flow, parallel: 2 } }])
  const record = await ended(await started(id, names))
  expect(texts(record)).toEqual(names.map((name) => `Hello ${name}`))
  expect(await childrenOf(record.runId)).toHaveLength(5)
})

test('what fails is put aside with its failure and the run that it failed in', async () => {
  const flow = await published('Lists only', [{ type: 'input' }, { type: 'split', config: {} }])
  const id = await published('Map', [{ type: 'input' }, { type: 'map', config: { flow } }])
  const record = await ended(await started(id, [['a'], 'b']))
  expect(record.outputs.map(({ port }) => port)).toEqual(['failed', 'results'])
  const [failed] = record.outputs.map(({ value }) => value)
  const children = await childrenOf(record.runId)
  expect(failed).toMatchObject({ failure: { message: 'The item is no list.' }, item: 'b' })
  expect(children.map(({ id }) => id)).toContain((failed as { failure: { runId: string } }).failure.runId)
})

test('the failure of a step whose run failed names that run', async () => {
  const flow = await published('Lists only', [{ type: 'input' }, { type: 'split', config: {} }])
  const id = await published('Caller', [{ type: 'input' }, { type: 'run-flow', config: { flow } }])
  const record = await ended(await started(id, 'no list'))
  const [child] = await childrenOf(record.runId)
  expect(record.failure).toMatchObject({ code: 'child.failed', facts: { runId: child?.id } })
})

test('a flow is repeated with its own result until a condition holds', async () => {
  const flow = await published('Longer', [
    { type: 'input' },
    { type: 'template-text', config: { text: '{{ input.result.outputs[0].value }}{{ input.item }}' } },
  ])
  const until = [{ field: 'outputs.0.value', operator: 'equals', value: 'ababab' }]
  const id = await published('Repeat', [{ type: 'input' }, { type: 'repeat', config: { flow, until } }])
  const record = await ended(await started(id, 'ab'))
  expect(record.outputs.map(({ port }) => port)).toEqual(['met'])
  expect(texts(record)).toEqual(['ababab'])
  expect(await childrenOf(record.runId)).toHaveLength(3)
})

test('cancelling a run cancels the runs of its steps, and begins no further one', async () => {
  const flow = await endless()
  const id = await published('Map', [{ type: 'input' }, { type: 'map', config: { flow, parallel: 2 } }])
  const runId = await started(id, ['a', 'b', 'c'])
  await childrenWait(runId, 2)
  await engine.runs.cancel(engine.organisationId, runId, 'test')
  expect((await ended(runId)).status).toBe('cancelled')
  const children = await childrenOf(runId)
  for (const child of children) await ended(child.id)
  expect((await childrenOf(runId)).map(({ status }) => status)).toEqual(['cancelled', 'cancelled'])
})

test('pausing a run pauses the runs of its steps, and they go on with it', async () => {
  const flow = await endless()
  const id = await published('Caller', [{ type: 'input' }, { type: 'run-flow', config: { flow } }])
  const runId = await started(id, 'a')
  await childrenWait(runId, 1)
  const { runs, organisationId } = engine
  const becomes = async (status: string) => {
    await expect.poll(async () => (await childrenOf(runId)).map((child) => child.status)).toEqual([status])
  }
  await runs.pause(organisationId, runId, 'test')
  await becomes('paused')
  await runs.resume(organisationId, runId, 'test')
  await becomes('waiting')
  await runs.cancel(organisationId, runId, 'test')
})

test('a detached run goes on when the one that started it has ended', async () => {
  const flow = await endless()
  const id = await published('Caller', [
    { type: 'input' },
    { type: 'run-flow', config: { flow, waits: false } },
  ])
  const record = await ended(await started(id, 'a'))
  expect(record.status).toBe('succeeded')
  await childrenWait(record.runId, 1)
  const [child] = await childrenOf(record.runId)
  await engine.runs.cancel(engine.organisationId, child?.id ?? '', 'test')
})

const code = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) =>
      (error as { failure: { facts: { findings: { code: string }[] } } }).failure.facts.findings,
  )

test('flows that run each other deeper than is allowed end at a step that says so', async () => {
  let flow = await greeting()
  for (let level = 0; level < 7; level++) {
    flow = await published(`Level ${level}`, [{ type: 'input' }, { type: 'run-flow', config: { flow } }])
  }
  const record = await ended(await started(flow, 'a'))
  expect(record.failure?.message).toMatch(/5 levels deep/)
  const all = await rows<{ depth: number }>(
    `SELECT (snapshot -> 'parent' ->> 'depth')::int AS depth FROM runs WHERE snapshot -> 'parent' ->> 'depth' IS NOT NULL`,
  )
  expect(Math.max(...all.map(({ depth }) => depth))).toBe(5)
})

test('a flow that comes to run itself is refused before anything is written', async () => {
  const { flows, organisationId } = engine
  const first = await greeting('First')
  const second = await published('Second', [{ type: 'input' }, { type: 'run-flow', config: { flow: first } }])
  const circle = flowOfNodes('First', [{ type: 'input' }, { type: 'run-flow', config: { flow: second } }])
  await rows('UPDATE flows SET draft = $2 WHERE id = $1', first, JSON.stringify(circle))
  await flows.publish(organisationId, first, 'round', null)
  expect(await code(started(first, 'a'))).toMatchObject([
    { code: 'child.cycle', path: 'nodes.1.config.flow' },
  ])
  expect(await code(started(second, 'a'))).toMatchObject([{ code: 'child.cycle' }])
})

test('a flow of another team can not be run, nor one that is not published', async () => {
  const { flows, organisationId } = engine
  const theirs = await greeting('Theirs')
  await rows(`INSERT INTO teams (organisation_id, id, name) VALUES ($1, 'team', 'Team')`, organisationId)
  await rows(`UPDATE flows SET team_id = 'team' WHERE id = $1`, theirs)
  const { id: draft } = await flows.create(organisationId, flowOfNodes('Draft', [{ type: 'input' }]), [])
  for (const flow of [theirs, draft]) {
    const id = await published('Caller', [{ type: 'input' }, { type: 'run-flow', config: { flow } }])
    expect(await code(started(id, 'a'))).toMatchObject([{ code: 'child.unknown_flow' }])
    await rows(`UPDATE flows SET team_id = 'team' WHERE id = $1`, id)
    const both = started(id, 'a').then(
      () => null,
      () => 'refused',
    )
    expect(await both).toBe(flow === theirs ? null : 'refused')
  }
})

test('what a run’s steps started has their brief, its budget and its priority, and counts as its own', async () => {
  const brief = {
    topic: '{{ item.name }}',
    audience: 'All',
    goal: 'Say it',
    keyPoints: ['{{ item.points }}'],
    tone: 'formal',
  }
  const writer = { agents: [{ agent: 'creative' }] }
  const flow = await published('Post', [
    { type: 'brief', config: { contentType: 'linkedin-post' } },
    { type: 'writer', config: writer },
  ])
  const limits = { priority: 'high' as const, budget: { calls: 3, warnPercent: 80 } }
  const nodes = [{ type: 'input' }, { type: 'map', config: { flow, brief, parallel: 1, maxItems: 5 } }]
  const id = await published('Posts', nodes, limits)
  const planned = await engine.runs.plan(engine.organisationId, { flowId: id }, { value: [] })
  expect(planned.plan).toMatchObject({
    maxCalls: 5,
    runs: 5,
    exact: false,
    steps: [{}, { runs: { flow: 'Post', max: 5 } }],
  })
  const entries = ['Tea', 'Cake', 'Jam', 'Ham'].map((name) => ({ name, points: ['One', 'Two'] }))
  const record = await ended(await started(id, entries))
  expect(record.usage.calls).toBe(3)
  expect(record.outputs.map(({ port }) => port)).toEqual(['failed', 'results', 'results', 'results'])
  expect(record.outputs[0]?.value).toMatchObject({ failure: { code: 'limit.budget_calls', runId: null } })
  expect(record.outputs[1]?.value).toMatchObject({ brief: { topic: 'Tea', keyPoints: ['One', 'Two'] } })
  const children = await rows<{ priority: number; calls: number }>(
    `SELECT priority, (snapshot -> 'flow' -> 'limits' -> 'budget' ->> 'calls')::int AS calls FROM runs
     WHERE parent_run_id = $1 ORDER BY created_at`,
    record.runId,
  )
  expect(children).toEqual([3, 2, 1].map((calls) => ({ priority: 1, calls })))
})

test('a flow that follows another hears of its own runs, and not of those that a step started', async () => {
  const flow = await greeting()
  const settings = JSON.stringify({ kind: 'flow', on: 'both', maxInARow: 5, brief: null })
  await rows(
    `INSERT INTO triggers (organisation_id, id, flow_id, kind, name, settings, source_flow_id)
     VALUES ($1, 'follows', $2, 'flow', 'Follows', $3, $2)`,
    engine.organisationId,
    flow,
    settings,
  )
  const heard = async () => (await rows('SELECT id FROM trigger_calls')).length
  const id = await published('Caller', [{ type: 'input' }, { type: 'run-flow', config: { flow } }])
  expect((await ended(await started(id, 'a'))).status).toBe('succeeded')
  expect(await heard()).toBe(0)
  await ended(await started(flow, 'a'))
  expect(await heard()).toBe(1)
})
