import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunDocument, type RunRecord, type RunSummary, exampleBrief } from '#graph'
import { type Harness, brief, owner, template, testApi } from '../testing/harness.ts'
import { playRun } from '../testing/play-run.ts'

let api: Harness
let cookie: string
let flowId: string

beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  flowId = (await post<{ id: string }>('flows.fromTemplate', { template: template.id })).id
  await post('flows.publish', { id: flowId, message: 'First' })
})
afterAll(() => api.close())

interface Started {
  runId: string
  repeated: boolean
}
const post = <T = Started>(path: string, input: unknown, headers = {}) =>
  api.ask<T>(path, { method: 'POST', cookie, input, headers })
const refusal = (path: string, input: unknown, headers = {}) =>
  api.refusal(path, { method: 'POST', cookie, input, headers })
const get = <T>(path: string, input: unknown) => api.ask<T>(path, { cookie, input })
const document = (id: string) => get<RunDocument>('runs.get', { id })
const record = (id: string) => get<RunRecord>('runs.record', { id })
const wish = (topic = 'Tea') => ({ target: { flowId }, input: { brief: { ...brief, topic } } })
async function ended(fails: string[] = []): Promise<string> {
  const { runId } = await post('runs.start', wish())
  await playRun(api, runId, fails)
  return runId
}
const countRuns = async () => Number((await api.admin('SELECT count(*) AS n FROM runs'))[0]?.['n'])
const briefPath = 'brief.brief'

describe('a start under a key', () => {
  it('is one run however often it is sent, at once or one after the other, by header or in the input', async () => {
    const before = await countRuns()
    const header = { 'idempotency-key': 'order-1' }
    const both = await Promise.all([1, 2, 3, 4].map(() => post('runs.start', wish(), header)))
    const later = await post('runs.start', { ...wish(), idempotencyKey: 'order-1' })
    expect(new Set([...both, later].map(({ runId }) => runId)).size).toBe(1)
    expect([...both, later].filter(({ repeated }) => !repeated)).toHaveLength(1)
    expect(await countRuns()).toBe(before + 1)
  })

  it('is refused with the key of another request, and starts nothing', async () => {
    await post('runs.start', { ...wish(), idempotencyKey: 'order-2' })
    const before = await countRuns()
    const conflict = [409, 'conflict.idempotency_key']
    expect(await refusal('runs.start', { ...wish('Coffee'), idempotencyKey: 'order-2' })).toEqual(conflict)
    const seeded = { ...wish(), seed: 2 }
    expect(await refusal('runs.start', seeded, { 'idempotency-key': 'order-2' })).toEqual(conflict)
    expect(await countRuns()).toBe(before)
  })

  it('needs one key that can be one', async () => {
    const twice = { ...wish(), idempotencyKey: 'a' }
    expect(await refusal('runs.start', twice, { 'idempotency-key': 'b' })).toEqual([400, 'input.two_keys'])
    for (const key of ['with a space', 'x'.repeat(256)]) {
      expect(await refusal('runs.start', wish(), { 'idempotency-key': key })).toEqual([400, 'input.invalid'])
    }
  })

  it('answers with the run also where the flow could no longer be started', async () => {
    const { id } = await post<{ id: string }>('flows.create', { name: 'Short-lived' })
    await api.admin('UPDATE flows SET draft = $2 WHERE id = $1', [id, JSON.stringify(template.flow)])
    const start = { target: { flowId: id }, input: { brief }, idempotencyKey: 'order-3' }
    const first = await post('runs.start', start)
    await post('flows.remove', { id })
    expect(await post('runs.start', start)).toEqual({ runId: first.runId, repeated: true })
  })
})

describe('a retry', () => {
  it('runs what failed and nothing else, and has everything in its results under ids of its own', async () => {
    const first = await ended(['#witty@witty-sample'])
    const { runId } = await post('runs.retry', { id: first })
    expect(await playRun(api, runId)).toEqual(['write#witty@witty-sample'])
    const [before, after] = [await document(first), await document(runId)]
    expect(before.drafts).toHaveLength(1)
    expect([before.failedSteps, after.failedSteps]).toEqual([1, 0])
    expect(after.status).toBe('succeeded')
    expect(after.drafts.map(({ text }) => text)).toEqual(
      ['witty', 'brief'].map((agent) => `By brief.brief#${agent}@witty-sample`),
    )
    expect(after.drafts.map(({ id }) => id)).not.toContain(before.drafts[0]?.id)
    expect(after.plan.steps).toHaveLength(1)
    expect(after.plan.maxCalls).toBe(1)
    expect((await record(runId)).steps.map(({ nodeId, attempt }) => [nodeId, attempt])).toEqual([
      ['brief', 0],
      ['write', 1],
      ['write', 0],
    ])
  })

  it('and the run that it was made of name each other, in their documents and in the list', async () => {
    const first = await ended(['#witty@witty-sample', '#brief@witty-sample'])
    expect((await document(first)).status).toBe('failed')
    const { runId } = await post('runs.retry', { id: first })
    expect(await document(runId)).toMatchObject({
      retryOf: first,
      rerunOf: null,
      replay: { kind: 'retry', of: first, node: null, given: 1, edited: 0, draft: false },
    })
    expect((await document(first)).madeOfIt).toMatchObject([{ id: runId, kind: 'retry', status: 'running' }])
    const { runs } = await get<{ runs: RunSummary[] }>('runs.list', { limit: 1 })
    expect(runs).toMatchObject([
      { id: runId, retryOf: first, rerunOf: null, plannedSteps: 2, finishedSteps: 0 },
    ])
  })

  it('of a cancelled run runs what had not been done', async () => {
    const { runId: first } = await post('runs.start', wish())
    await post('runs.cancel', { id: first })
    const { runId } = await post('runs.retry', { id: first })
    expect(await playRun(api, runId)).toEqual([
      'brief',
      'write#brief@witty-sample',
      'write#witty@witty-sample',
    ])
  })

  it('is refused while the run goes on, and where every step succeeded', async () => {
    const { runId: going } = await post('runs.start', wish())
    expect(await refusal('runs.retry', { id: going })).toEqual([409, 'conflict.run_not_ended'])
    expect(await refusal('runs.retry', { id: await ended() })).toEqual([409, 'conflict.nothing_to_retry'])
    expect(await refusal('runs.retry', { id: 'run_never' })).toEqual([404, 'not_found.run'])
  })

  it('under one key is one run, and the key can’t start anything else', async () => {
    const first = await ended(['#witty@witty-sample'])
    const input = { id: first, idempotencyKey: 'again-1' }
    const all = await Promise.all([post('runs.retry', input), post('runs.retry', input)])
    expect(all[0].runId).toBe(all[1].runId)
    expect(await refusal('runs.start', { ...wish(), idempotencyKey: 'again-1' })).toEqual([
      409,
      'conflict.idempotency_key',
    ])
  })

  it('of a trial is given the same items and tries the same part', async () => {
    const given = [{ node: 'brief', port: 'brief', items: [{ label: 'Tea', value: exampleBrief }] }]
    const trial = { scope: { node: 'write', and: 'alone' }, given }
    const { runId: first } = await post('runs.start', { target: { flowId, test: true }, input: {}, trial })
    await playRun(api, first, ['#brief@witty-sample'])
    const { runId } = await post('runs.retry', { id: first })
    expect(await playRun(api, runId)).toEqual(['write#brief@witty-sample'])
    expect(await document(runId)).toMatchObject({
      trial: { scope: trial.scope, nodes: ['write'], given: [{ node: 'brief', items: 1, fromRun: first }] },
      drafts: [{}, {}],
    })
  })
})

describe('a rerun from a node', () => {
  const inputs = (runId: string) =>
    get<{ total: number; items: { path: string; value: typeof exampleBrief; edited: boolean }[] }>(
      'runs.inputs',
      {
        runId,
        nodeId: 'write',
      },
    )

  it('works on the items as they were changed; what was put out before stays, and so does the earlier run', async () => {
    const first = await ended()
    const { items } = await inputs(first)
    expect(items).toMatchObject([{ path: briefPath, value: exampleBrief, edited: false }])
    const changed = { ...exampleBrief, topic: 'Coffee' }
    const { runId } = await post('runs.rerunFrom', {
      runId: first,
      nodeId: 'write',
      input: { [briefPath]: changed },
    })
    expect(await playRun(api, runId)).toEqual(['write#brief@witty-sample', 'write#witty@witty-sample'])
    expect((await inputs(runId)).items).toMatchObject([{ value: changed, edited: true }])
    expect((await inputs(first)).items).toMatchObject([{ value: exampleBrief, edited: false }])
    expect((await document(runId)).replay).toMatchObject({
      kind: 'rerun',
      of: first,
      node: 'write',
      edited: 1,
    })
    const { items: put } = await get<{ items: { value: unknown }[] }>('runs.outputs', {
      id: runId,
      nodeId: 'brief',
    })
    expect(put).toMatchObject([{ value: exampleBrief }])
    const { runId: third } = await post('runs.rerunFrom', { runId, nodeId: 'write' })
    expect((await inputs(third)).items).toMatchObject([{ value: changed, edited: true }])
  })

  it('names every fault of a changed item by its path', async () => {
    const runId = await ended()
    const faults = async (input: unknown) => {
      const { body } = await api.call('runs.rerunFrom', {
        method: 'POST',
        cookie,
        input: { runId, nodeId: 'write', input },
      })
      type Refused = { error: { data: { failure: { code: string; facts: { findings: unknown } } } } }
      return (body as Refused).error.data.failure
    }
    expect(await faults({ [briefPath]: { ...exampleBrief, topic: '' } })).toMatchObject({
      code: 'input.invalid',
      facts: {
        findings: [{ code: 'rerun.item_invalid', path: `input.${briefPath}.topic`, nodeId: 'write' }],
      },
    })
    expect(await faults({ 'no.such': 1 })).toMatchObject({
      facts: { findings: [{ code: 'rerun.unknown_item', path: 'input.no.such' }] },
    })
    expect(await refusal('runs.rerunFrom', { runId, nodeId: 'nowhere' })).toEqual([404, 'not_found.node'])
  })

  it('of the draft runs what the draft says now', async () => {
    const runId = await ended()
    const [brief_, write] = template.flow.nodes
    const once = { ...write, config: { agents: [{ agent: 'witty', model: 'witty-sample' }] } }
    const draft = { ...template.flow, nodes: [brief_, once] }
    const { id } = await post<{ id: string }>('flows.import', { document: draft })
    await api.admin('UPDATE runs SET flow_id = $2, flow_version_id = NULL WHERE id = $1', [runId, id])
    const again = await post('runs.rerunFrom', { runId, nodeId: 'write', useDraft: true })
    expect(await playRun(api, again.runId)).toEqual(['write#witty@witty-sample'])
    expect((await document(again.runId)).replay).toMatchObject({ draft: true, given: 1 })
    const frozen = await post('runs.rerunFrom', { runId, nodeId: 'write' })
    expect(await playRun(api, frozen.runId)).toHaveLength(2)
  })

  it('of a flow that was removed is refused', async () => {
    const { id } = await post<{ id: string }>('flows.import', { document: template.flow })
    const { runId } = await post('runs.start', { target: { flowId: id, test: true }, input: { brief } })
    await playRun(api, runId)
    await post('flows.remove', { id })
    expect(await refusal('runs.rerunFrom', { runId, nodeId: 'write' })).toEqual([404, 'not_found.flow'])
  })
})
