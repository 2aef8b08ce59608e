import { z } from 'zod'
import { reaches } from '#access'
import { PressroomError } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { idSchema } from '../ids.ts'
import { protectedProcedure } from '../trpc.ts'
import { flowDetailSchema } from './schemas.ts'

/** Gives a flow to a team, or with null to the whole organisation. Nobody gives away what they then don't reach. */
export const assign = protectedProcedure('flow:assign')
  .input(z.strictObject({ id: idSchema, teamId: idSchema.nullable() }))
  .output(flowDetailSchema)
  .mutation(async ({ ctx, input: { id, teamId } }) => {
    const { principal, organisationId } = ctx
    const { teams, flows } = ctx.services.stores
    const before = await flows.get(organisationId, id)
    if (!before) throw notFound('flow', id)
    const there = (await teams.list(organisationId)).some((team) => team.id === teamId)
    if (teamId !== null && !there) throw notFound('team', teamId)
    const after = { id: before.id, teamId }
    if (!reaches(principal, after)) throw notInTeam()
    const assigned = await teams.assignFlow(actingOf(ctx), after, (flow) => reaches(principal, flow))
    const flow = assigned ? await flows.get(organisationId, before.id) : null
    if (!flow) throw notFound('flow', id)
    return flow
  })

const notInTeam = () =>
  new PressroomError({
    code: 'auth.not_in_team',
    message: 'You are not in this team, so you could not see the flow any more.',
    fix: 'Choose a team that you are in, or ask an admin to give it the flow.',
  })
