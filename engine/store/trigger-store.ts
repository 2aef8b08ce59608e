import type { Acting, NextTime, RunsAs, SecretPath, TriggerChange, TriggerStore } from '#access'
import {
  type Failure,
  type RunStatus,
  type TriggerCall,
  type TriggerSettings,
  type TriggerSummary,
  PressroomError,
} from '#graph'
import { notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import type { Prisma, Trigger } from './generated/client.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

type Json = TriggerCall['body']

export function createTriggerStore(withOrganisation: WithOrganisation): TriggerStore {
  /** Changes one trigger under its lock; null where there is none. */
  const change = (
    acting: Acting,
    { id, flowId }: { id: string; flowId: string },
    work: (
      tx: OrganisationTx,
      row: Trigger,
    ) => Promise<{ action: string; data: Prisma.TriggerUncheckedUpdateInput }>,
  ): Promise<TriggerSummary | null> =>
    withOrganisation(acting.organisationId, async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM triggers WHERE id = ${id} FOR UPDATE`
      const before = await tx.trigger.findFirst({ where: { id, flowId } })
      if (!before) return null
      const { action, data } = await work(tx, before)
      await tx.trigger.updateMany({ where: { id }, data })
      const after = await tx.trigger.findFirstOrThrow({ where: { id } })
      await appendAudit(tx, acting, {
        ...entry(action, after),
        before: told(before),
        after: told(after),
      })
      return one(tx, id)
    })

  return {
    list: (organisationId, flowId) => withOrganisation(organisationId, (tx) => summaries(tx, { flowId })),

    get: (organisationId, flowId, id) =>
      withOrganisation(organisationId, async (tx) => {
        const row = await tx.trigger.findFirst({ where: { id, flowId }, select: { secretId: true } })
        return row && { ...(await one(tx, id)), secretId: row.secretId }
      }),

    create: (acting, { path, ...trigger }, next) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const { id, flowId } = trigger
        const fields = await fieldsOf(tx, trigger, next, true)
        const row = await tx.trigger.create({
          data: { organisationId, id, flowId, kind: trigger.settings.kind, ...addressOf(path), ...fields },
        })
        await appendAudit(tx, acting, { ...entry('create', row), after: told(row) })
        return one(tx, id)
      }),

    update: (acting, trigger, next) =>
      change(acting, trigger, async (tx, { kind, enabled }) => {
        if (kind !== trigger.settings.kind) throw otherKind(kind)
        return { action: 'update', data: await fieldsOf(tx, trigger, next, enabled) }
      }),

    setEnabled: (acting, { enabled, runsAs, ...trigger }, next) =>
      change(acting, trigger, async (tx, row) => {
        const nextAt = enabled ? next(settingsOf(row), await now(tx)) : null
        return { action: 'setEnabled', data: { enabled, nextAt, ...(enabled ? holder(runsAs) : {}) } }
      }),

    setPath: (acting, { path, ...trigger }) =>
      change(acting, trigger, async (_tx, row) => {
        if (row.path === null) throw noAddress()
        return { action: 'renew', data: addressOf(path) }
      }),

    remove: (acting, { id, flowId }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const row = await tx.trigger.findFirst({ where: { id, flowId } })
        if (!row) return null
        await tx.trigger.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...entry('remove', row), before: told(row) })
        return { secretId: row.secretId }
      }),

    calls: (organisationId, flowId, id, limit) =>
      withOrganisation(organisationId, async (tx) => {
        if (!(await tx.trigger.findFirst({ where: { id, flowId }, select: { id: true } }))) return null
        const rows = await tx.$queryRaw<CallRow[]>`
          SELECT c.id, c.at, c.status, c.due_at, c.tried, c.duplicates, c.failure, c.body,
            r.id AS run_id, r.status AS run_status
          FROM trigger_calls c LEFT JOIN runs r ON r.id = 'run_' || substr(c.id, 6)
          WHERE c.trigger_id = ${id} ORDER BY c.at DESC, c.id DESC LIMIT ${limit}`
        return rows.map(callOf)
      }),
  }
}

const now = async (tx: OrganisationTx): Promise<Date> => {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`
  return row?.now ?? new Date()
}

const settingsOf = (row: Pick<Trigger, 'settings'>) => row.settings as unknown as TriggerSettings

const addressOf = (path: SecretPath | null) => ({ path: path?.path ?? null, pathHash: path?.hash ?? null })

const holder = (runsAs: RunsAs) => ({ memberId: null, serviceAccountId: null, ...runsAs })

async function fieldsOf(tx: OrganisationTx, trigger: TriggerChange, next: NextTime, enabled: boolean) {
  const { name, settings, secretId, runsAs } = trigger
  const sourceFlowId = settings.kind === 'flow' ? settings.sourceFlowId : null
  const known = sourceFlowId && (await tx.flow.count({ where: { id: sourceFlowId, removedAt: null } }))
  if (sourceFlowId && !known) throw notFound('flow', sourceFlowId)
  const nextAt = enabled ? next(settings, await now(tx)) : null
  const stored = settings as unknown as Prisma.InputJsonObject
  return { name, settings: stored, secretId, sourceFlowId, nextAt, ...holder(runsAs) }
}

const entry = (action: string, { id, name }: { id: string; name: string }) =>
  ({ action: `triggers.${action}`, target: { kind: 'trigger', id, name }, outcome: 'done' }) as const

/** Never the address, which lets in whoever knows it. */
const told = ({ flowId, kind, name, enabled, settings, memberId, serviceAccountId }: Trigger) => ({
  flowId,
  kind,
  name,
  enabled,
  settings,
  runsAs: memberId ?? serviceAccountId,
})

async function one(tx: OrganisationTx, id: string): Promise<TriggerSummary> {
  const [found] = await summaries(tx, { id })
  if (!found) throw new Error(`the trigger ${id} was just written`)
  return found
}

async function summaries(tx: OrganisationTx, where: Prisma.TriggerWhereInput): Promise<TriggerSummary[]> {
  const rows = await tx.trigger.findMany({ where, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })
  const ids = <K extends 'memberId' | 'serviceAccountId'>(key: K) => rows.flatMap((row) => row[key] ?? [])
  const members = await tx.member.findMany({
    where: { id: { in: ids('memberId') } },
    select: { id: true, user: { select: { name: true } } },
  })
  const accounts = await tx.serviceAccount.findMany({
    where: { id: { in: ids('serviceAccountId') } },
    select: { id: true, name: true },
  })
  const names = new Map([
    ...members.map(({ id, user }) => [id, user.name] as const),
    ...accounts.map(({ id, name }) => [id, name] as const),
  ])
  const lastCalls = await tx.$queryRaw<{ triggerId: string; at: Date; status: TriggerCall['status'] }[]>`
    SELECT t.id AS "triggerId", c.at, c.status FROM unnest(${rows.map(({ id }) => id)}::text[]) AS t(id)
    CROSS JOIN LATERAL (
      SELECT at, status FROM trigger_calls WHERE trigger_id = t.id ORDER BY at DESC, id DESC LIMIT 1) AS c`
  return rows.map((row) => {
    const last = lastCalls.find(({ triggerId }) => triggerId === row.id)
    return {
      id: row.id,
      flowId: row.flowId,
      name: row.name,
      enabled: row.enabled,
      settings: settingsOf(row),
      path: row.path,
      signed: row.secretId !== null,
      nextAt: row.nextAt?.toISOString() ?? null,
      runsAs: names.get(row.memberId ?? row.serviceAccountId ?? '') ?? null,
      createdAt: row.createdAt.toISOString(),
      lastCall: last ? { at: last.at.toISOString(), status: last.status } : null,
    }
  })
}

interface CallRow {
  id: string
  at: Date
  status: TriggerCall['status']
  due_at: Date | null
  tried: boolean
  duplicates: number
  failure: Failure | null
  body: Json
  run_id: string | null
  run_status: RunStatus | null
}

const callOf = (row: CallRow): TriggerCall => ({
  id: row.id,
  at: row.at.toISOString(),
  status: row.status,
  dueAt: row.due_at?.toISOString() ?? null,
  tried: row.tried,
  duplicates: row.duplicates,
  failure: row.failure,
  body: row.body,
  run: row.run_id !== null && row.run_status !== null ? { id: row.run_id, status: row.run_status } : null,
})

const otherKind = (kind: string) =>
  new PressroomError({
    code: 'input.trigger_kind',
    message: `This trigger is a ${kind} and stays one.`,
    fix: 'Make a new trigger of the other kind and remove this one.',
  })

const noAddress = () =>
  new PressroomError({
    code: 'input.no_address',
    message: 'This trigger has no address of its own.',
    fix: 'Only webhooks and forms have one.',
  })
