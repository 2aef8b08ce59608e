import { type Approval, type ApprovalWish, type Decider, PressroomError, readable, withText } from '#graph'
import { actingOf } from '../auth/acting.ts'
import { notFound } from '../errors.ts'
import { protectedProcedure } from '../trpc.ts'
import { deciderOf } from './deciders.ts'
import { decideSchema, decidedSchema } from './schemas.ts'

/** Approves, approves with an edit, rejects or sends back what was looked at; refused where it has changed since. */
export const decide = protectedProcedure('approval:decide')
  .input(decideSchema)
  .output(decidedSchema)
  .mutation(async ({ ctx, input }) => {
    const { approvals } = ctx.services
    const by = deciderOf(ctx.principal)
    const found = await approvals.get(ctx.organisationId, input.id, by.id)
    if (!found) throw notFound('approval', input.id)
    const { contentHash, notes } = input
    const wish: ApprovalWish =
      input.verdict === 'edited'
        ? { contentHash, notes, verdict: 'edited', content: edited(found, input, by) }
        : input
    const decided = await approvals.decide(actingOf(ctx), input.id, by, wish)
    if (!decided) throw notFound('approval', input.id)
    return decided
  })

/** Sent again, an edit is what it came to the first time. */
function edited(
  { id, content, decisions }: Approval,
  { text, notes }: { text: string; notes: string },
  by: Decider,
): Approval['content'] {
  const own = decisions.findLast(({ approvalId, userId }) => approvalId === id && userId === by.id)
  const repeated = own?.verdict === 'edited' && own.notes === notes && readable(own.content).text === text
  if (repeated) return own.content
  const changed = withText(content, text, { role: 'person', slug: by.id, name: by.name, model: '' })
  if (changed !== null) return changed
  throw new PressroomError({
    code: 'input.no_json',
    message: 'What waits here is data, and the edited text is no JSON.',
    fix: 'Check its brackets, commas and quotes.',
  })
}
