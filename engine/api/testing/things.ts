/** One of everything that has an id, for tests that ask for all of it. */
import { randomUUID } from 'node:crypto'
import { EVERYTHING } from '#access'
import { type Harness, type Person, brief, template } from './harness.ts'
import { letWait } from './waiting-run.ts'

/** Ids of things that belong to one organisation. */
export interface Things {
  flow: string
  slug: string
  version: string
  otherFlow: string
  trigger: string
  follower: string
  run: string
  /** One that has failed. */
  failedRun: string
  approval: string
  /** The id of somebody's account who may decide. */
  decider: string
  team: string
  otherTeam: string
  role: string
  otherRole: string
  serviceAccount: string
  key: string
  secret: string
  connection: string
  /** One that nothing uses. */
  spareConnection: string
  model: string
  invitation: string
  member: string
  signOn: string
  session: string
  organisation: string
}

/** What is decided on. */
export const APPROVED = 'A post'

/** Makes them by the procedures themselves. `mark` is in every text, so that an answer tells whose it is. */
export async function makeThings(
  api: Harness,
  { cookie, userId }: Pick<Person, 'cookie' | 'userId'>,
  { organisation, mark }: { organisation: string; mark: string },
): Promise<Things> {
  const name = (what: string) => `${mark} ${what} ${randomUUID().slice(0, 8)}`
  const make = <T = { id: string }>(path: string, input: unknown) =>
    api.ask<T>(path, { method: 'POST', cookie, input })
  const document = { ...template.flow, name: name('flow'), description: mark }
  const { id: flow, slug } = await make<{ id: string; slug: string }>('flows.import', { document })
  const { version } = await make<{ version: { id: string } }>('flows.publish', { id: flow, message: mark })
  await api.admin(
    `INSERT INTO flow_draft_points (organisation_id, flow_id, number, at, document) VALUES ($1, $2, 1, now(), $3)`,
    [organisation, flow, JSON.stringify(document)],
  )
  const input = { brief: { ...brief, topic: mark } }
  const { runId: run } = await make<{ runId: string }>('runs.start', { target: { flowId: flow }, input })
  const { id: otherFlow } = await make<{ id: string }>('flows.import', { document })
  const makeTrigger = async (settings: object) =>
    (
      await make<{ trigger: { id: string } }>('triggers.create', {
        flowId: flow,
        name: name('trigger'),
        settings: { ...settings, brief: input.brief },
      })
    ).trigger.id
  const { runId: failedRun } = await make<{ runId: string }>('runs.start', {
    target: { flowId: flow },
    input,
  })
  await api.admin(`UPDATE runs SET status = 'failed' WHERE id = $1`, [failedRun])
  await api.admin(`UPDATE steps SET status = 'failed' WHERE run_id = $1`, [failedRun])
  const { runId: waitingRun } = await make<{ runId: string }>('runs.start', {
    target: { flowId: flow },
    input,
  })
  const approval = await letWait(
    api,
    { organisationId: organisation, runId: waitingRun },
    {
      kind: 'approval',
      content: APPROVED,
      assignees: [],
      quorum: 1,
      instructions: mark,
      sendBackTo: null,
    },
  )
  const makeTeam = () => make('teams.create', { name: name('team') })
  const makeRole = () => make('roles.create', { name: name('role'), permissions: ['flow:read'] })
  const { id: team } = await makeTeam()
  const { id: role } = await makeRole()
  const { id: serviceAccount } = await make('serviceAccounts.create', { name: name('program'), role })
  const { summary: key } = await make<{ summary: { id: string } }>('keys.create', { name: name('key') })
  const { id: secret } = await make('secrets.create', { name: name('secret'), value: randomUUID() })
  const makeConnection = () =>
    make('connections.create', {
      kind: 'openai-compatible',
      name: name('connection'),
      baseUrl: 'http://127.0.0.1:1',
      destination: 'internal',
      reachesPrivate: true,
      settings: {},
      key: randomUUID(),
    })
  const { id: connection } = await makeConnection()
  const { id: model } = await make('models.create', {
    connection,
    model: mark,
    label: name('model'),
    temperature: 0.5,
    maxOutputTokens: 100,
  })
  const { invitation } = await make<{ invitation: { id: string } }>('invitations.create', {
    email: `${mark}.${randomUUID()}@example.org`.toLowerCase(),
    role: 'viewer',
  })
  const { id: signOn } = await make('signOn.create', {
    name: name('sign-on'),
    issuer: 'https://issuer.example',
    clientId: mark,
    clientSecret: mark,
    domains: [],
    defaultRole: 'viewer',
    enabled: true,
  })
  const member = await api.store.people.add({ ...acting, organisationId: organisation }, EVERYTHING, {
    name: name('member'),
    email: `${mark}.${randomUUID()}@example.org`.toLowerCase(),
    role: 'viewer',
    passwordHash: 'none',
  })
  const decider = await api.store.people.add({ ...acting, organisationId: organisation }, EVERYTHING, {
    name: name('decider'),
    email: `${mark}.${randomUUID()}@example.org`.toLowerCase(),
    role: 'reviewer',
    passwordHash: 'none',
  })
  const session = randomUUID()
  await api.admin(
    `INSERT INTO sessions (id, user_id, token, expires_at) VALUES ($1, $2, $1, now() + interval '1 day')`,
    [session, userId],
  )
  return {
    flow,
    slug,
    version: version.id,
    otherFlow,
    trigger: await makeTrigger({ kind: 'webhook', signing: 'standard', answer: 'at-once' }),
    follower: await makeTrigger({ kind: 'flow', sourceFlowId: otherFlow, on: 'both' }),
    run,
    failedRun,
    approval: `${approval.stepId}.${approval.attempt}`,
    decider: decider.userId,
    team,
    otherTeam: (await makeTeam()).id,
    role,
    otherRole: (await makeRole()).id,
    serviceAccount,
    key: key.id,
    secret,
    connection,
    spareConnection: (await makeConnection()).id,
    model,
    invitation: invitation.id,
    member: member.memberId,
    signOn,
    session,
    organisation,
  }
}

const acting = { actor: { kind: 'system', id: 'test', name: 'Test' }, from: null, requestId: null } as const

/** Ids that look the same and were never given. */
export const neverWere = (things: Things): Things =>
  Object.fromEntries(
    Object.entries(things).map(([what, id]) => [what, id.replaceAll(/[a-z0-9]/gi, successor)]),
  ) as unknown as Things

const successor = (letter: string) =>
  /[0-8a-eA-E]/.test(letter) ? String.fromCharCode(letter.charCodeAt(0) + 1) : letter
