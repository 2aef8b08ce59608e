import { randomUUID } from 'node:crypto'
import type { OwnedFlow, TeamStore, TeamSummary } from '#access'
import { nameTaken, notFound } from './access-errors.ts'
import { appendAudit } from './audit-chain.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

export function createTeamStore(withOrganisation: WithOrganisation): TeamStore {
  return {
    list: (organisationId) => withOrganisation(organisationId, (tx) => summaries(tx, {})),

    create: (acting, name) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const id = randomUUID()
        await refuseNameTaken(tx, name, id)
        await tx.team.create({ data: { organisationId: acting.organisationId, id, name } })
        await appendAudit(tx, acting, { ...of('teams.create', id, name), after: { name } })
        return { id, name, memberIds: [], flows: 0 }
      }),

    rename: (acting, { id, name }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await locked(tx, id)
        if (!before) return null
        await refuseNameTaken(tx, name, id)
        await tx.team.updateMany({ where: { id }, data: { name } })
        await appendAudit(tx, acting, {
          ...of('teams.rename', id, name),
          before: { name: before.name },
          after: { name },
        })
        return { ...before, name }
      }),

    remove: (acting, { id, flowsTo }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await locked(tx, id)
        if (!before) return false
        if (flowsTo !== null && (flowsTo === id || !(await locked(tx, flowsTo))))
          throw notFound('team', flowsTo)
        // In words of SQL: that they change hands is no edit, so `updated_at` stays.
        await tx.$executeRaw`UPDATE flows SET team_id = ${flowsTo} WHERE team_id = ${id}`
        await tx.team.deleteMany({ where: { id } })
        await appendAudit(tx, acting, { ...of('teams.remove', id, before.name), before, after: { flowsTo } })
        return true
      }),

    setMembers: (acting, { id, memberIds }) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const before = await locked(tx, id)
        if (!before) return null
        const wanted = [...new Set(memberIds)]
        await refuseStrangers(tx, wanted)
        const added = wanted.filter((memberId) => !before.memberIds.includes(memberId))
        await tx.teamMember.deleteMany({ where: { teamId: id, memberId: { notIn: wanted } } })
        await tx.teamMember.createMany({
          data: added.map((memberId) => ({ organisationId: acting.organisationId, teamId: id, memberId })),
        })
        await appendAudit(tx, acting, {
          ...of('teams.setMembers', id, before.name),
          before: { memberIds: before.memberIds },
          after: { memberIds: wanted },
        })
        return { ...before, memberIds: wanted }
      }),

    assignFlow: (acting, { id, teamId }, reached) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const [flow] = await tx.$queryRaw<(OwnedFlow & { name: string })[]>`
          SELECT id, name, team_id AS "teamId" FROM flows WHERE id = ${id} AND removed_at IS NULL FOR UPDATE`
        if (!flow || !reached(flow)) return false
        if (teamId !== null && !(await locked(tx, teamId))) throw notFound('team', teamId)
        await tx.$executeRaw`UPDATE flows SET team_id = ${teamId} WHERE id = ${id}`
        await appendAudit(tx, acting, {
          action: 'flows.assign',
          target: { kind: 'flow', id, name: flow.name },
          outcome: 'done',
          before: { teamId: flow.teamId },
          after: { teamId },
        })
        return true
      }),
  }
}

const of = (action: string, id: string, name: string) =>
  ({ action, target: { kind: 'team', id, name }, outcome: 'done' }) as const

async function locked(tx: OrganisationTx, id: string): Promise<TeamSummary | null> {
  await tx.$queryRaw`SELECT 1 FROM teams WHERE id = ${id} FOR UPDATE`
  const [team] = await summaries(tx, { id })
  return team ?? null
}

async function refuseNameTaken(tx: OrganisationTx, name: string, except: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('teams'), hashtext(current_setting('app.org_id')))`
  const same = { equals: name, mode: 'insensitive' } as const
  if (await tx.team.findFirst({ where: { name: same, id: { not: except } } })) throw nameTaken('team', name)
}

async function refuseStrangers(tx: OrganisationTx, memberIds: string[]): Promise<void> {
  const there = await tx.member.findMany({ where: { id: { in: memberIds } }, select: { id: true } })
  const known = new Set(there.map(({ id }) => id))
  const stranger = memberIds.find((id) => !known.has(id))
  if (stranger !== undefined) throw notFound('member', stranger)
}

async function summaries(tx: OrganisationTx, where: { id?: string }): Promise<TeamSummary[]> {
  const teams = await tx.team.findMany({
    where,
    include: { members: { select: { memberId: true }, orderBy: { memberId: 'asc' } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  const owned = await tx.flow.groupBy({
    by: 'teamId',
    where: { teamId: { in: teams.map(({ id }) => id) }, removedAt: null },
    _count: true,
  })
  return teams.map(({ id, name, members }) => ({
    id,
    name,
    memberIds: members.map(({ memberId }) => memberId),
    flows: owned.find(({ teamId }) => teamId === id)?._count ?? 0,
  }))
}
