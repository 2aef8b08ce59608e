import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#run/interfaces.ts'
import type { WaitSpec } from '#graph'
import type { AppRouter } from '../router.ts'
import { type Harness, type Person, brief, owner, testApi } from '../testing/harness.ts'
import { letWait } from '../testing/waiting-run.ts'
import type { inferRouterOutputs } from '@trpc/server'

type Outputs = inferRouterOutputs<AppRouter>['approvals']

let api: Harness
let ada: Person
let ben: Person
let eve: Person
let flowId: string
beforeAll(async () => {
  api = await testApi()
  await api.call('setup.create', { method: 'POST', input: owner })
  ada = await api.person({ role: 'owner' })
  ben = await api.person({ role: 'reviewer' })
  eve = await api.person({ role: 'reviewer' })
  const input = { template: 'zine-swarm' }
  flowId = (
    await api.ask<{ id: string }>('flows.fromTemplate', { method: 'POST', cookie: ada.cookie, input })
  ).id
})
afterAll(() => api.close())

/** A run that waits for an approval; answers with the approval's id. */
async function waiting(terms: Partial<WaitSpec & { kind: 'approval' }> = {}, content: Json = 'A post') {
  const input = { target: { flowId }, input: { brief } }
  const { runId } = await api.ask<{ runId: string }>('runs.start', {
    method: 'POST',
    cookie: ada.cookie,
    input,
  })
  const { stepId, attempt } = await letWait(
    api,
    { organisationId: 'default', runId },
    {
      kind: 'approval',
      content,
      assignees: [],
      quorum: 1,
      instructions: '',
      sendBackTo: null,
      ...terms,
    },
  )
  return { id: `${stepId}.${attempt}`, runId, stepId }
}

const get = (id: string, { cookie }: Person = ben) =>
  api.ask<Outputs['get']>('approvals.get', { cookie, input: { id } })
const inbox = async ({ cookie }: Person) =>
  (await api.ask<Outputs['list']>('approvals.list', { cookie, input: {} })).map(({ id }) => id)

async function wish(id: string, verdict: string, more: object) {
  const { contentHash } = await get(id)
  return { method: 'POST' as const, input: { id, contentHash, verdict, ...more } }
}
const decide = async (who: Person, id: string, verdict = 'approved', more: object = {}) =>
  api.ask<Outputs['decide']>('approvals.decide', { ...(await wish(id, verdict, more)), cookie: who.cookie })
const refused = async (who: Person, id: string, verdict = 'approved', more: object = {}) =>
  api.refusal('approvals.decide', { ...(await wish(id, verdict, more)), cookie: who.cookie })
const answer = async (stepId: string) =>
  (await api.admin('SELECT cause, value FROM step_waits WHERE step_id = $1', [stepId]))[0]
const entries = (id: string) =>
  api.admin(
    `SELECT entry->'actor'->>'name' AS who, entry->>'action' AS action, entry->'after'->>'verdict' AS verdict
     FROM audit_log WHERE entry->'target'->>'id' = $1 AND entry->>'outcome' = 'done' ORDER BY seq`,
    [id],
  )

describe('a decision', () => {
  it('lets the step go on with what was approved, and stands in the audit log', async () => {
    const { id, stepId } = await waiting()
    expect(await inbox(ben)).toContain(id)
    const { approval, repeated } = await decide(ben, id)
    expect([approval.state, repeated]).toEqual(['approved', false])
    expect(await answer(stepId)).toEqual({
      cause: 'answered',
      value: { verdict: 'approved', content: 'A post', notes: '', to: null, by: [ben.name] },
    })
    expect(await entries(id)).toEqual([{ who: ben.name, action: 'approvals.decide', verdict: 'approved' }])
    expect(await inbox(eve)).not.toContain(id)
  })

  it('sent twice, or twice at once, is taken once', async () => {
    const { id } = await waiting()
    const body = { ...(await wish(id, 'approved', {})), cookie: ben.cookie }
    const answers = await Promise.all(
      [1, 2, 3].map(() => api.ask<Outputs['decide']>('approvals.decide', body)),
    )
    expect(answers.map(({ repeated }) => repeated).toSorted()).toEqual([false, true, true])
    expect((await get(id)).decisions).toHaveLength(1)
    expect(await entries(id)).toHaveLength(1)
  })

  it('on a text that somebody has changed meanwhile is refused', async () => {
    const { id } = await waiting({ quorum: 2 })
    const stale = await wish(id, 'approved', {})
    await decide(eve, id, 'edited', { text: 'A better post' })
    const refusal = await api.refusal('approvals.decide', { ...stale, cookie: ben.cookie })
    expect(refusal).toEqual([409, 'conflict.content_changed'])
  })

  it('that comes too late is refused', async () => {
    const { id } = await waiting()
    await decide(ben, id, 'rejected', { notes: 'Not now' })
    expect(await refused(eve, id)).toEqual([409, 'conflict.not_waiting'])
    const cancelled = await waiting()
    await api.ask('runs.cancel', { method: 'POST', cookie: ada.cookie, input: { id: cancelled.runId } })
    expect(await refused(eve, cancelled.id)).toEqual([409, 'conflict.not_waiting'])
    expect((await get(cancelled.id)).state).toBe('over')
  })

  it('is nothing for somebody whose role is not asked, for a program or for another organisation', async () => {
    const { id } = await waiting({ assignees: ['owner'] })
    expect(await inbox(ben)).not.toContain(id)
    expect(await refused(ben, id)).toEqual([403, 'auth.not_assigned'])
    const program = await api.key({ role: 'reviewer' })
    const asProgram = { ...(await wish(id, 'approved', {})), key: program }
    expect(await api.refusal('approvals.decide', asProgram)).toEqual([403, 'auth.people_only'])
    const { owner: stranger } = await api.organisation('Others')
    expect(await refused(stranger, id)).toEqual([404, 'not_found.approval'])
    expect((await get(id)).state).toBe('waiting')
  })
})

describe('a quorum', () => {
  it('counts people, each once', async () => {
    const { id, stepId } = await waiting({ quorum: 2 })
    await decide(ben, id)
    expect(await inbox(ben)).not.toContain(id)
    expect((await decide(ben, id)).repeated).toBe(true)
    expect(await refused(ben, id, 'rejected', { notes: 'No' })).toEqual([409, 'conflict.decided_already'])
    expect(await answer(stepId)).toMatchObject({ cause: null })
    await decide(eve, id)
    expect(await answer(stepId)).toMatchObject({ cause: 'answered', value: { by: [ben.name, eve.name] } })
  })

  it('starts anew with an edit, which voids what was approved before and counts as approval itself', async () => {
    const { id, stepId } = await waiting({ quorum: 2 })
    await decide(ben, id)
    const { approval } = await decide(eve, id, 'edited', { text: 'A better post' })
    expect([approval.state, approval.round, approval.approvals]).toEqual(['waiting', 2, 1])
    expect(await inbox(ben)).toContain(id)
    await decide(ben, id)
    expect(await answer(stepId)).toMatchObject({
      value: { verdict: 'approved', content: 'A better post', by: [eve.name, ben.name] },
    })
  })
})

describe('sending back', () => {
  it('goes with the notes to whom the reviewer chose among those that take them, and needs both', async () => {
    const { id, stepId } = await waiting({
      sendBackTo: [
        { id: 'writer', name: 'Creative writer', again: [] },
        { id: 'step-2', name: 'Bold writer', again: ['Clarity editor'] },
      ],
    })
    expect(await refused(ben, id, 'sent_back', { notes: ' ' })).toEqual([400, 'input.invalid'])
    expect(await refused(ben, id, 'sent_back', { notes: 'Shorter', to: 'step-9' })).toEqual([
      400,
      'input.no_recipient',
    ])
    await decide(ben, id, 'sent_back', { notes: 'Shorter', to: 'step-2' })
    expect(await answer(stepId)).toMatchObject({
      value: { verdict: 'sent_back', notes: 'Shorter', to: 'step-2' },
    })
    expect((await get(id)).decisions).toMatchObject([{ sentTo: 'Bold writer' }])
    const nobody = await waiting()
    expect(await refused(ben, nobody.id, 'sent_back', { notes: 'Shorter' })).toEqual([
      400,
      'input.nobody_revises',
    ])
  })
})

describe('delegating', () => {
  const delegate = async (who: Person, id: string, to: Person) => {
    const { contentHash } = await get(id, who)
    const input = { id, contentHash, userId: to.userId }
    return api.call('approvals.delegate', { method: 'POST', input, cookie: who.cookie })
  }

  it('lets somebody decide who was not asked, in place of the one who hands it on', async () => {
    const { id } = await waiting({ assignees: ['owner'] })
    expect((await delegate(ada, id, ben)).status).toBe(200)
    expect([await inbox(ada), await inbox(ben)].map((ids) => ids.includes(id))).toEqual([false, true])
    expect(await refused(ada, id)).toEqual([409, 'conflict.decided_already'])
    expect((await decide(ben, id)).approval.state).toBe('approved')
    expect((await entries(id)).map(({ action }) => action)).toEqual([
      'approvals.delegate',
      'approvals.decide',
    ])
  })

  it('reaches only those who may decide', async () => {
    const { id } = await waiting()
    const viewer = await api.person({ role: 'viewer' })
    expect(await delegate(ben, id, viewer)).toMatchObject({ status: 404 })
    expect((await get(id)).others.map((one) => one.id)).not.toContain(viewer.userId)
  })
})
