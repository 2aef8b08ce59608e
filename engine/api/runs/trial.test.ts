import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Finding, type Plan, type RunRecord, exampleBrief } from '#graph'
import { type Harness, brief, owner, testApi } from '../testing/harness.ts'

let api: Harness
let cookie: string
let flowId: string

beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  flowId = (await post<{ id: string }>('flows.fromTemplate', { template: 'zine-swarm' })).id
})
afterAll(() => api.close())

const dataOf = (body: unknown) => (body as { result: { data: unknown } }).result.data
async function post<T>(path: string, input: unknown): Promise<T> {
  const { status, body } = await api.call(path, { method: 'POST', cookie, input })
  expect([status, body]).toEqual([200, expect.anything()])
  return dataOf(body) as T
}
const get = async <T>(path: string, input: unknown) =>
  dataOf((await api.call(path, { cookie, input })).body) as T

const alone = { node: 'write', and: 'alone' }
const pinned = (value: unknown, more: object = {}) => ({
  node: 'brief',
  port: 'brief',
  items: [{ label: 'Tea', value, ...more }],
})
const wish = (given: unknown[], scope: unknown = alone) => ({
  target: { flowId, test: true },
  input: {},
  trial: { scope, given },
})
const planned = (input: unknown) => get<{ plan: Plan | null; findings: Finding[] }>('runs.plan', input)
const started = async (input: unknown) => (await post<{ runId: string }>('runs.start', input)).runId
async function refused(input: unknown) {
  const { status, body } = await api.call('runs.start', { method: 'POST', cookie, input })
  const { failure } = (body as { error: { data: { failure: { code: string; facts: unknown } } } }).error.data
  return { status, ...failure }
}

describe('the plan of a trial', () => {
  it('counts what will run for as many items as are given, and asks for no brief that nothing reads', async () => {
    const twice = {
      node: 'brief',
      port: 'brief',
      items: [1, 2].map((n) => ({ label: `${n}`, value: exampleBrief })),
    }
    const { plan, findings } = await planned(wish([twice]))
    expect(findings).toEqual([])
    expect(plan?.steps.map(({ nodeId }) => nodeId)).toEqual(['write', 'write', 'write', 'write'])
    expect(plan).toMatchObject({ drafts: 4, maxCalls: 4 })
  })

  it('says what arrives at the node and is not given', async () => {
    const { plan, findings } = await planned(wish([]))
    expect(plan).toBeNull()
    expect(findings).toMatchObject([
      { code: 'trial.input_missing', nodeId: 'brief', message: 'Writers waits for Brief from Brief' },
    ])
  })

  it('may come as a POST, because sample data is too long for an address', async () => {
    const long = wish([pinned({ ...exampleBrief, additionalContext: 'x'.repeat(100_000) })])
    const { status, body } = await api.call('runs.plan', { method: 'POST', cookie, input: long })
    expect([status, dataOf(body)]).toMatchObject([200, { plan: { steps: [{}, {}] }, findings: [] }])
  })
})

describe('a trial', () => {
  it('begins with what was given, which its record says, and works on it', async () => {
    const runId = await started(wish([pinned(exampleBrief)]))
    const record = await get<RunRecord>('runs.record', { id: runId })
    expect(record.trial).toEqual({
      scope: alone,
      nodes: ['write'],
      given: [{ node: 'brief', port: 'brief', items: 1, fromRun: null }],
    })
    expect(record.events.map(({ body }) => body.type)).toEqual(['run.started', 'step.given'])
    expect(record.steps.map(({ nodeId, status }) => [nodeId, status])).toEqual([
      ['brief', 'succeeded'],
      ['write', 'ready'],
      ['write', 'ready'],
    ])
    const { items } = await get<{ items: { value: unknown }[] }>('runs.outputs', {
      id: runId,
      nodeId: 'brief',
    })
    expect(items).toMatchObject([{ label: 'Tea', value: exampleBrief }])
  })

  it('takes items of an earlier run with their paths and labels; the runs that have them are found', async () => {
    const first = await started(wish([pinned(exampleBrief)]))
    const next = await started(wish([{ node: 'brief', port: 'brief', fromRun: first }]))
    const paths = async (id: string) =>
      (await get<RunRecord>('runs.record', { id })).steps.map(({ path, label }) => [path, label])
    expect(await paths(next)).toEqual(await paths(first))
    const ports = [
      { node: 'brief', port: 'brief' },
      { node: 'write', port: 'drafts' },
    ]
    const sources = await get<{ id: string; ports: unknown }[]>('runs.sources', { flowId, ports })
    expect(sources.slice(0, 2)).toMatchObject([
      { id: next, ports: [{ node: 'brief', port: 'brief', items: 1 }] },
      { id: first },
    ])
  })

  it('of a whole flow needs the brief as ever, unless everything that reads it is given', async () => {
    expect((await planned(wish([], 'flow'))).findings).toMatchObject([
      { code: 'input.invalid', path: 'brief' },
    ])
    expect((await planned(wish([pinned(exampleBrief)], 'flow'))).findings).toEqual([])
    expect((await planned({ ...wish([], 'flow'), input: { brief } })).findings).toEqual([])
  })

  it('refuses an item that its port does not carry, with the path of the fault', async () => {
    const bad = await refused(wish([pinned({ ...exampleBrief, topic: '' })]))
    expect(bad).toMatchObject({
      status: 400,
      facts: { findings: [{ code: 'trial.item_invalid', path: 'trial.given.0.items.0.value.topic' }] },
    })
    const strange = await refused(wish([pinned(exampleBrief, { path: 'write.drafts' })]))
    expect(strange).toMatchObject({ facts: { findings: [{ path: 'trial.given.0.items.0.path' }] } })
  })

  it('answers 404 for a run that is not there or of another organisation', async () => {
    const runId = await started(wish([pinned(exampleBrief)]))
    const from = (fromRun: string) => refused(wish([{ node: 'brief', port: 'brief', fromRun }]))
    expect(await from('run_never')).toMatchObject({ status: 404, code: 'not_found.run' })
    await api.admin(`INSERT INTO organisations (id, name, slug) VALUES ('rival', 'Rival', 'rival')`)
    await api.admin(`UPDATE members SET organisation_id = 'rival'`)
    const template = { target: { template: 'zine-swarm' }, input: { brief } }
    const own = (await post<{ id: string }>('flows.fromTemplate', { template: 'zine-swarm' })).id
    const given = [{ node: 'brief', port: 'brief', fromRun: runId }]
    const spying = await refused({ ...template, ...wish(given), target: { flowId: own, test: true } })
    const sources = await api.call('runs.sources', {
      cookie,
      input: { flowId, ports: [{ node: 'brief', port: 'brief' }] },
    })
    await api.admin(`UPDATE members SET organisation_id = 'default'`)
    expect(spying).toMatchObject({ status: 404, code: 'not_found.run' })
    expect(sources.status).toBe(404)
  })

  it('is of a draft: a published flow or a template is run whole', async () => {
    for (const target of [{ flowId }, { template: 'zine-swarm' }]) {
      const answer = await refused({ ...wish([pinned(exampleBrief)]), target })
      expect(answer).toMatchObject({ status: 400, facts: { issues: [{ path: 'trial' }] } })
    }
  })
})
