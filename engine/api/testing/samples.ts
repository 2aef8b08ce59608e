/** Input of every procedure that makes sense, about the things it is given. */
import { contentHash as hashOf } from '../../store/content-hash.ts'
import { brief, owner, template } from './harness.ts'
import { APPROVED, type Things } from './things.ts'

export type Sample = (things: Things) => unknown

const nothing: Sample = () => undefined
const by =
  (what: keyof Things): Sample =>
  (things) => ({ id: things[what] })
const contentHash = hashOf(APPROVED)
const token = 'x'.repeat(43)
const draft = { name: 'A name of its own', permissions: ['flow:read'] }
const signOn = {
  name: 'Works',
  issuer: 'https://issuer.example',
  clientId: 'pressroom',
  domains: [],
  enabled: false,
}

const { kind, ...settingsOfConnection } = {
  kind: 'openai-compatible',
  name: 'A server',
  baseUrl: 'http://127.0.0.1:1',
  destination: 'internal',
  reachesPrivate: true,
  settings: {},
}
const connection = { kind, ...settingsOfConnection }
const model = { model: 'a-model', label: 'A model', temperature: 0.5, maxOutputTokens: 100 }

const answers = { ...brief, topic: '{{ topic }}' }
const webhook = { kind: 'webhook', signing: 'none', answer: 'at-once', brief: answers }
const ofTrigger = ({ flow, trigger }: Things) => ({ flowId: flow, id: trigger })

export const SAMPLES: Record<string, Sample> = {
  'setup.status': nothing,
  'setup.create': () => owner,
  'session.get': nothing,
  'session.follow': nothing,
  'templates.list': nothing,
  'templates.get': () => ({ id: template.id }),
  'catalog.contentTypes': nothing,
  'catalog.agents': nothing,
  'models.list': nothing,
  'models.create': ({ connection }) => ({ ...model, connection }),
  'models.update': ({ connection, model: id }) => ({ ...model, connection, id }),
  'models.remove': by('model'),
  'models.setUsual': by('model'),
  'models.offered': ({ connection }) => ({ connection }),
  'models.discover': nothing,
  'models.test': ({ connection }) => ({ connection, model: 'a-model' }),
  'connections.list': nothing,
  'connections.create': ({ secret }) => ({ ...connection, name: 'Another', secretId: secret }),
  'connections.update': ({ connection: id, secret: secretId }) => ({ ...settingsOfConnection, id, secretId }),
  'connections.remove': by('spareConnection'),
  'connections.test': ({ connection: id, secret: secretId }) => ({ ...connection, id, secretId }),
  'prices.list': nothing,
  'prices.set': () => ({ prices: [{ pattern: 'gpt-*', inputMicros: 1, outputMicros: 2 }] }),
  'models.pull': () => ({ provider: 'sample', model: 'sample' }),
  'nodes.list': nothing,
  'flows.list': nothing,
  'flows.get': by('flow'),
  'flows.create': () => ({ name: 'A flow' }),
  'flows.fromTemplate': () => ({ template: template.id }),
  'flows.check': () => ({ document: template.flow }),
  'flows.import': () => ({ document: template.flow }),
  'flows.validate': () => ({ flow: template.flow }),
  'flows.publish': by('flow'),
  'flows.versions': by('flow'),
  'flows.version': ({ version }) => ({ versionId: version }),
  'flows.rollBack': ({ flow, version }) => ({ id: flow, versionId: version }),
  'flows.remove': by('flow'),
  'flows.restore': by('flow'),
  'flows.assign': ({ flow, team }) => ({ id: flow, teamId: team }),
  'drafts.points': ({ flow }) => ({ flowId: flow }),
  'drafts.point': ({ flow }) => ({ flowId: flow, number: 1 }),
  'drafts.restore': ({ flow }) => ({ flowId: flow, number: 1 }),
  'runs.plan': ({ flow }) => ({ target: { flowId: flow }, input: { brief } }),
  'runs.start': ({ flow }) => ({ target: { flowId: flow }, input: { brief } }),
  'runs.retry': by('failedRun'),
  'runs.rerunFrom': ({ failedRun: run }) => ({ runId: run, nodeId: 'write' }),
  'runs.inputs': ({ run }) => ({ runId: run, nodeId: 'write' }),
  'runs.list': ({ flow }) => ({ flowId: flow }),
  'runs.get': by('run'),
  'runs.record': by('run'),
  'runs.outputs': ({ run }) => ({ id: run, nodeId: 'write' }),
  'runs.sources': ({ flow }) => ({ flowId: flow, ports: [{ node: 'write', port: 'drafts' }] }),
  'runs.graph': by('run'),
  'runs.waits': by('run'),
  'runs.pause': by('run'),
  'runs.resume': by('run'),
  'runs.decide': ({ run }) => ({ id: run, stepId: 'step', decision: 'again' }),
  'runs.cancel': by('run'),
  'runs.events': ({ run }) => ({ runId: run }),
  'approvals.list': () => ({}),
  'approvals.get': by('approval'),
  'approvals.decide': ({ approval }) => ({ id: approval, contentHash, verdict: 'approved' }),
  'approvals.delegate': ({ approval, decider }) => ({ id: approval, contentHash, userId: decider }),
  'triggers.list': ({ flow }) => ({ flowId: flow }),
  'triggers.create': ({ flow }) => ({ flowId: flow, name: 'A webhook', settings: webhook }),
  'triggers.update': (things) => ({ ...ofTrigger(things), name: 'A webhook', settings: webhook }),
  'triggers.setEnabled': (things) => ({ ...ofTrigger(things), enabled: false }),
  'triggers.renew': (things) => ({ ...ofTrigger(things), what: 'address' }),
  'triggers.remove': ofTrigger,
  'triggers.calls': ofTrigger,
  'triggers.try': (things) => ({ ...ofTrigger(things), body: { topic: 'Tea' } }),
  'secrets.list': nothing,
  'secrets.create': () => ({ name: 'A secret', value: 'of some length' }),
  'secrets.replace': ({ secret }) => ({ id: secret, value: 'another one' }),
  'secrets.remove': by('secret'),
  'audit.list': () => ({}),
  'audit.verify': nothing,
  'organisation.get': nothing,
  'organisation.rename': () => ({ name: 'Another name' }),
  'organisation.keep': () => ({ runDays: 90, eventDays: null }),
  'organisation.mine': nothing,
  'budgets.get': nothing,
  'budgets.set': () => ({ calls: 1_000, tokens: null, costMicros: null, warnPercent: 80 }),
  'budgets.usage': () => ({}),
  'organisation.switch': by('organisation'),
  'signOn.offered': nothing,
  'signOn.list': nothing,
  'signOn.create': ({ role }) => ({ ...signOn, clientSecret: 'a secret', defaultRole: role }),
  'signOn.update': ({ signOn: id, role }) => ({ ...signOn, id, defaultRole: role }),
  'signOn.remove': by('signOn'),
  'signOn.test': () => ({ issuer: 'http://127.0.0.1:1' }),
  'signOn.requireTwoFactor': () => ({ required: false }),
  'account.get': nothing,
  'account.rename': () => ({ name: 'Another name' }),
  'account.changePassword': () => ({ old: 'not the password', password: 'another long password' }),
  'account.sessions': nothing,
  'account.endSession': by('session'),
  'account.endOtherSessions': () => ({}),
  'account.lookAtReset': () => ({ token }),
  'account.resetPassword': () => ({ token, password: 'another long password' }),
  'invitations.list': nothing,
  'invitations.create': ({ role, team }) => ({ email: 'new@example.org', role, teamIds: [team] }),
  'invitations.renew': by('invitation'),
  'invitations.revoke': by('invitation'),
  'invitations.look': () => ({ token }),
  'invitations.accept': () => ({ token }),
  'members.list': nothing,
  'members.setRole': ({ member, role }) => ({ id: member, role }),
  'members.remove': by('member'),
  'members.resetLink': by('member'),
  'roles.list': nothing,
  'roles.create': () => draft,
  'roles.update': ({ role }) => ({ ...draft, id: role }),
  'roles.remove': ({ role, otherRole }) => ({ id: role, replacement: otherRole }),
  'teams.list': nothing,
  'teams.create': () => ({ name: 'A team' }),
  'teams.rename': ({ team }) => ({ id: team, name: 'Another name' }),
  'teams.remove': ({ team, otherTeam }) => ({ id: team, flowsTo: otherTeam }),
  'teams.setMembers': ({ team, member }) => ({ id: team, memberIds: [member] }),
  'serviceAccounts.list': nothing,
  'serviceAccounts.create': ({ role }) => ({ name: 'A program', role }),
  'serviceAccounts.setDisabled': ({ serviceAccount }) => ({ id: serviceAccount, disabled: true }),
  'serviceAccounts.remove': by('serviceAccount'),
  'keys.list': nothing,
  'keys.create': ({ serviceAccount, flow }) => ({
    name: 'A key',
    serviceAccountId: serviceAccount,
    permissions: ['flow:read'],
    flowIds: [flow],
  }),
  'keys.revoke': by('key'),
}

const following = ({ flow, otherFlow }: Things) => ({
  flowId: flow,
  name: 'A follower',
  settings: { kind: 'flow', sourceFlowId: otherFlow, on: 'both', brief: answers },
})

/** Other ways to name a thing of an organisation. */
export const MORE_SAMPLES: [string, Sample][] = [
  ['flows.get', ({ slug }) => ({ id: slug })],
  ['runs.plan', ({ flow }) => ({ target: { template: flow }, input: { brief } })],
  ['runs.start', ({ slug }) => ({ target: { template: slug }, input: { brief } })],
  ['runs.start', ({ flow }) => ({ target: { flowId: flow, test: true }, input: { brief } })],
  ['runs.start', ({ flow }) => ({ target: { flowId: flow }, input: { brief }, idempotencyKey: 'theirs' })],
  ['runs.rerunFrom', ({ failedRun: run }) => ({ runId: run, nodeId: 'write', useDraft: true })],
  ['runs.list', ({ run }) => ({ before: run })],
  ['triggers.create', following],
  ['triggers.update', (things) => ({ ...following(things), id: things.follower })],
]

/** Names of inputs that no organisation owns, though they end like ids. */
export const OF_NOBODY = new Set([
  'templates.get id',
  'flows.fromTemplate template',
  'runs.outputs nodeId',
  'runs.inputs nodeId',
  'runs.rerunFrom nodeId',
  'runs.decide stepId',
  'runs.events lastEventId',
  'signOn.create clientId',
  'signOn.update clientId',
])
