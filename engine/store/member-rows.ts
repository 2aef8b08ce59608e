import { randomUUID } from 'node:crypto'
import { PressroomError } from '#graph'
import type { OrganisationTx } from './tenancy.ts'

interface NewMember {
  organisationId: string
  userId: string
  role: string
  email: string
}

/** Rejects with `conflict.member` where they belong to the organisation already. */
export async function addMember(
  tx: OrganisationTx,
  { email, ...member }: NewMember,
  teams: readonly { id: string }[] = [],
): Promise<string> {
  const id = randomUUID()
  const { count } = await tx.member.createMany({ data: { id, ...member }, skipDuplicates: true })
  if (count === 0) throw memberAlready(email)
  const { organisationId } = member
  await tx.teamMember.createMany({
    data: teams.map((team) => ({ organisationId, teamId: team.id, memberId: id })),
  })
  return id
}

export async function refuseMember(tx: OrganisationTx, email: string): Promise<void> {
  if ((await tx.member.count({ where: { user: { email } } })) > 0) throw memberAlready(email)
}

const memberAlready = (email: string) =>
  new PressroomError({
    code: 'conflict.member',
    message: `${email} belongs to this organisation already.`,
    fix: 'Change their role on the page of members instead.',
    facts: { email },
  })
