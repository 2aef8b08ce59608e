import type { Outputs } from '../app/api.ts'

export type AuditRecord = Outputs['audit']['list']['entries'][number]

/** What the log can be narrowed to: what its actions begin with, and what people call that. */
export const AREAS = [
  { prefix: 'account.', name: 'Sign-in and own account' },
  { prefix: 'members.', name: 'Members' },
  { prefix: 'invitations.', name: 'Invitations' },
  { prefix: 'roles.', name: 'Roles' },
  { prefix: 'teams.', name: 'Teams' },
  { prefix: 'keys.', name: 'API keys' },
  { prefix: 'serviceAccounts.', name: 'Service accounts' },
  { prefix: 'secrets.', name: 'Secrets' },
  { prefix: 'signOn.', name: 'Sign-on' },
  { prefix: 'budgets.', name: 'Budgets' },
  { prefix: 'concurrency.', name: 'Model calls at a time' },
  { prefix: 'organisation.', name: 'Organisation' },
  { prefix: 'notices.', name: 'Notices' },
  { prefix: 'approvals.', name: 'Approvals' },
  { prefix: 'flows.', name: 'Flows' },
  { prefix: 'triggers.', name: 'Triggers' },
  { prefix: 'drafts.', name: 'Drafts' },
  { prefix: 'runs.', name: 'Runs' },
  { prefix: 'models.', name: 'Models' },
  { prefix: 'connections.', name: 'Connections' },
  { prefix: 'prices.', name: 'Prices' },
] as const

export const OUTCOMES = {
  done: { name: 'Done', tone: 'good' },
  refused: { name: 'Refused', tone: 'bad' },
  failed: { name: 'Failed', tone: 'waiting' },
} as const

const THINGS: Record<string, string> = {
  account: 'one’s account',
  members: 'a member',
  invitations: 'an invitation',
  roles: 'a role',
  teams: 'a team',
  keys: 'an API key',
  serviceAccounts: 'a service account',
  secrets: 'a secret',
  signOn: 'a sign-on provider',
  organisation: 'the organisation',
  flows: 'a flow',
  triggers: 'a trigger',
  drafts: 'a draft',
  runs: 'a run',
  models: 'a model',
  connections: 'a connection',
  prices: 'prices of models',
}

/** Where the verb alone would say too little. */
const ACTIONS: Record<string, string> = {
  'models.setUsual': 'Choose the usual model',
  'account.signIn': 'Sign in',
  'account.signInWithBackupCode': 'Sign in with a backup code',
  'account.enableTwoFactor': 'Turn on two-factor sign-in',
  'account.disableTwoFactor': 'Turn off two-factor sign-in',
  'account.renewBackupCodes': 'Make new backup codes',
  'account.changePassword': 'Change the password',
  'account.resetPassword': 'Set a new password by link',
  'account.endSession': 'End a session',
  'account.endOtherSessions': 'End all other sessions',
  'members.setRole': 'Change a member’s role',
  'members.resetLink': 'Make a link for a new password',
  'teams.setMembers': 'Change who is in a team',
  'serviceAccounts.setDisabled': 'Disable or enable a service account',
  'triggers.setEnabled': 'Switch a trigger on or off',
  'triggers.renew': 'Give a trigger a new address',
  'signOn.requireTwoFactor': 'Require two-factor sign-in',
  'budgets.set': 'Change the limits of a month',
  'concurrency.set': 'Change how many model calls run at a time',
  'flows.assign': 'Give a flow to a team',
  'flows.check': 'Look at a file to import',
  'flows.fromTemplate': 'Make a flow from a template',
  'flows.rollBack': 'Roll a flow back to an earlier version',
  'secrets.rotate': 'Give secrets a new key of the organisation',
  'secrets.rewrap': 'Change the master key',
  'audit.export': 'Export the audit log',
  'members.resetPassword': 'Set a new password on the command line',
  'members.clearTwoFactor': 'Take a lost second factor away on the command line',
  'models.pull': 'Download a model',
  'notices.save': 'Change where notices go',
  'notices.test': 'Send a test notice',
  'approvals.decide': 'Decide on what waits for approval',
  'approvals.delegate': 'Hand a decision to somebody else',
}

/** "Change a member’s role" for `members.setRole`; where nobody wrote a better name, the verb and its thing. */
export function actionName(action: string): string {
  const known = ACTIONS[action]
  if (known !== undefined) return known
  const [area = '', verb = ''] = action.split('.')
  const thing = THINGS[area]
  if (thing === undefined || verb === '') return action
  const words = verb.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)} ${thing}`
}

export interface Change {
  /** Dotted path within the settings; empty where the whole is one value. */
  what: string
  before: string | null
  after: string | null
}

/** What differs between two settings, value by value; lists are told as what came and what went. */
export function changesOf({ before, after }: Pick<AuditRecord, 'before' | 'after'>): Change[] {
  return compare('', before, after)
}

function compare(what: string, before: unknown, after: unknown): Change[] {
  if (isRecord(before) || isRecord(after)) {
    const [old, fresh] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}]
    const keys = new Set([...Object.keys(old), ...Object.keys(fresh)])
    return [...keys].flatMap((key) => compare(what ? `${what}.${key}` : key, old[key], fresh[key]))
  }
  if (isList(before) && isList(after)) {
    const gone = before.filter((item) => !after.includes(item))
    const come = after.filter((item) => !before.includes(item))
    if (gone.length + come.length === 0) return []
    return [{ what, before: gone.join(', ') || null, after: come.join(', ') || null }]
  }
  const [old, fresh] = [textOf(before), textOf(after)]
  return old === fresh ? [] : [{ what, before: old, after: fresh }]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isList = (value: unknown): value is (string | number)[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' || typeof item === 'number')

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  return isList(value) ? value.join(', ') : JSON.stringify(value)
}
