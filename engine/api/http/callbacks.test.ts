import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WaitSpec } from '#graph'
import { CALLBACK_TOKENS, type Harness, brief, owner, testApi } from '../testing/harness.ts'
import { letWait } from '../testing/waiting-run.ts'

let api: Harness
let cookie: string
let flowId: string
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  cookie = await api.signIn()
  const input = { template: 'zine-swarm' }
  flowId = (await api.ask<{ id: string }>('flows.fromTemplate', { method: 'POST', cookie, input })).id
})
afterAll(() => api.close())

async function waiting(wait: WaitSpec = { kind: 'callback' }) {
  const input = { target: { flowId }, input: { brief } }
  const { runId } = await api.ask<{ runId: string }>('runs.start', { method: 'POST', cookie, input })
  return { runId, ...(await letWait(api, { organisationId: 'default', runId }, wait)) }
}

async function post(token: string, payload?: string | object, headers = {}) {
  const url = `/api/callbacks/${token}`
  const response = await api.app.inject({ method: 'POST', url, headers, ...(payload ? { payload } : {}) })
  return { status: response.statusCode, body: response.json<unknown>(), headers: response.headers }
}

const waits = (id: string) =>
  api.ask<{ kind: string; address: string | null }[]>('runs.waits', { cookie, input: { id } })
const answer = async (stepId: string) =>
  (await api.admin('SELECT cause, value, answered_by FROM step_waits WHERE step_id = $1', [stepId]))[0]

describe('a call to a step that waits for one', () => {
  it('is taken at the address that the run shows, and what it says is kept', async () => {
    const { runId, stepId, token } = await waiting()
    const [shown] = await waits(runId)
    expect(shown).toMatchObject({ kind: 'callback', address: `http://localhost:3000/api/callbacks/${token}` })
    expect(await post(token, { approved: true })).toMatchObject({ status: 202, body: { accepted: true } })
    expect(await answer(stepId)).toEqual({ cause: 'answered', value: { approved: true }, answered_by: null })
    expect(await waits(runId)).toEqual([])
  })

  it('may come twice: the second is told the same and changes nothing', async () => {
    const { stepId, token } = await waiting()
    const calls = await Promise.all([1, 2, 3].map((n) => post(token, { n })))
    expect(calls.map(({ status }) => status)).toEqual([202, 202, 202])
    const kept = await answer(stepId)
    expect(await post(token, { n: 4 })).toMatchObject({ status: 202, body: { accepted: true } })
    expect(await answer(stepId)).toEqual(kept)
    const resumed = await api.admin(
      `SELECT FROM run_events WHERE body->>'stepId' = $1 AND body->>'type' = 'step.resumed'`,
      [stepId],
    )
    expect(resumed).toHaveLength(1)
  })

  it('needs no body', async () => {
    const { stepId, token } = await waiting()
    expect((await post(token)).status).toBe(202)
    expect(await answer(stepId)).toMatchObject({ cause: 'answered', value: null })
  })

  it('is refused where it is too large, too deep or no JSON, and the step waits on', async () => {
    const { runId, token } = await waiting()
    const json = { 'content-type': 'application/json' }
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect((await post(token, { text: 'x'.repeat(300_000) })).status).toBe(413)
    expect((await post(token, deep, json)).status).toBe(400)
    expect((await post(token, '{"half', json)).status).toBe(400)
    expect((await post(token, 'text', { 'content-type': 'text/plain' })).status).toBe(415)
    expect(await waits(runId)).toHaveLength(1)
  })
})

describe('a call to nobody', () => {
  it('gets one answer, whether the token never was, is no token, is too late or its run has ended', async () => {
    const late = await waiting({ kind: 'callback', deadline: { seconds: 0 } })
    await api.admin(`UPDATE step_waits SET cause = 'due', answered_at = now() WHERE step_id = $1`, [
      late.stepId,
    ])
    await api.admin(`UPDATE steps SET status = 'ready' WHERE id = $1`, [late.stepId])
    const cancelled = await waiting()
    await api.ask('runs.cancel', { method: 'POST', cookie, input: { id: cancelled.runId } })
    const never = CALLBACK_TOKENS.token({ stepId: 'never', attempt: 1 })
    const answers: object[] = []
    for (const token of [never, 'x', late.token, cancelled.token]) {
      const { status, body, headers } = await post(token, { n: 1 })
      answers.push({ status, body, length: headers['content-length'] })
    }
    expect(answers).toEqual(answers.map(() => answers[0]))
    expect(answers[0]).toMatchObject({ status: 404, body: { failure: { code: 'not_found.path' } } })
  })
})

describe('what a run waits for', () => {
  it('is shown to its own organisation only, and no address for what nobody calls', async () => {
    const { runId } = await waiting({ kind: 'timer', seconds: 60 })
    await api.admin('UPDATE step_waits SET token_hash = NULL WHERE run_id = $1', [runId])
    expect(await waits(runId)).toMatchObject([{ kind: 'timer', address: null }])
    const { owner: stranger } = await api.organisation('Others')
    expect(await api.refusal('runs.waits', { cookie: stranger.cookie, input: { id: runId } })).toEqual([
      404,
      'not_found.run',
    ])
  })
})
