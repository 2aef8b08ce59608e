/** Which procedures leave an entry in the audit log, and what it says. */
import type { TRPCError } from '@trpc/server'
import type { AuditEntry, Principal } from '#access'
import { PressroomError } from '#graph'
import { actingOf } from '../auth/acting.ts'
import type { Context } from '../context.ts'

/** Their stores write the entry, with before and after, in the transaction of the change. */
const WRITTEN_BY_STORES = new Set([
  'members',
  'roles',
  'teams',
  'serviceAccounts',
  'keys',
  'secrets',
  'invitations',
  'signOn',
  'organisation',
  'budgets',
  'connections',
  'prices',
  'models.create',
  'models.update',
  'models.remove',
  'models.setUsual',
  'flows.assign',
  'approvals',
  'notices',
  'triggers.create',
  'triggers.update',
  'triggers.setEnabled',
  'triggers.renew',
  'triggers.remove',
])

interface Call {
  ctx: Context
  type: 'query' | 'mutation' | 'subscription'
  path: string
  input: unknown
}

type Result = { ok: true; data: unknown } | { ok: false; error: TRPCError }

/** Every change is told, and everything that was refused for want of a permission. Input that makes no sense is not. */
export async function writeAudit({ ctx, type, path, input }: Call, result: Result): Promise<void> {
  if (!ctx.identified) return
  const outcome = outcomeOf(result)
  const [area = ''] = path.split('.')
  const told = outcome === 'refused' || (type === 'mutation' && outcome !== null)
  const written = WRITTEN_BY_STORES.has(area) || WRITTEN_BY_STORES.has(path)
  if (!told || (outcome === 'done' && written)) return
  const { requestId, from, identified: principal } = ctx
  const entry: AuditEntry = { action: path, target: null, outcome }
  if (!result.ok) entry.after = { failure: codeOf(result.error) }
  try {
    entry.target = await named(ctx.services.stores.owners, principal, targetOf(area, input, result))
    await ctx.services.audit.append(actingOf({ principal, from, requestId }), entry)
  } catch (error) {
    // The change has happened; to call it failed now would be a lie as well.
    ctx.log.error({ err: error, action: path }, 'the audit log took no entry')
  }
}

function outcomeOf(result: Result): AuditEntry['outcome'] | null {
  if (result.ok) return 'done'
  const code = codeOf(result.error)
  if (code.startsWith('auth.')) return 'refused'
  return code.startsWith('input.') || code.startsWith('not_found') ? null : 'failed'
}

function codeOf(error: TRPCError): string {
  if (error.cause instanceof PressroomError) return error.cause.failure.code
  return error.code === 'BAD_REQUEST' ? 'input.invalid' : error.code.toLowerCase()
}

/** What was made says its id in the answer; what was changed, in the question. */
function targetOf(area: string, input: unknown, result: Result): Target {
  const made = result.ok ? idsIn(result.data) : []
  const [named] = [...made, ...idsIn(input), ...idsIn(valueAt(input, 'target'))]
  return named ?? { kind: singular(area), id: '' }

  function idsIn(value: unknown): { kind: string; id: string }[] {
    const kinds = { runId: 'run', flowId: 'flow', template: 'template', id: singular(area) }
    return Object.entries(kinds).flatMap(([key, kind]) => {
      const id = valueAt(value, key)
      return typeof id === 'string' ? [{ kind, id }] : []
    })
  }
}

type Target = NonNullable<AuditEntry['target']>

/** People know flows and runs by name. */
async function named(
  owners: Context['services']['stores']['owners'],
  { organisation }: Principal,
  target: Target,
): Promise<Target> {
  if (target.id === '' || (target.kind !== 'flow' && target.kind !== 'run')) return target
  const ask = target.kind === 'flow' ? owners.ofFlow : owners.ofRun
  const found = await ask(organisation.id, target.id)
  return found ? { ...target, name: found.name } : target
}

const singular = (area: string) => area.replace(/s$/, '')

const valueAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
