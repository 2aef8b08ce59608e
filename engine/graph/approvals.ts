/**
 * What a decision on waiting content comes to. Pure: the store asks with the run locked, and writes what is said here.
 *
 * - A1 A decision names the hash of the content that was looked at. On any other content it is refused.
 * - A2 An edit makes new content and with it a new round: no earlier approval counts for it, the editor's does.
 * - A3 A person decides once per round, whatever the decision; the same decision sent again changes nothing.
 * - A4 Enough people approve, one rejects, one sends back. A quorum counts people.
 */
import { z } from 'zod'
import { type ApprovalOutcome, type SendBack, deliverableSchema, draftSchema } from '#sdk'
import { canonicalJson } from './canonical.ts'
import { PressroomError } from './errors.ts'

export const APPROVAL_VERDICTS = ['approved', 'edited', 'rejected', 'sent_back', 'delegated'] as const
export type ApprovalVerdict = (typeof APPROVAL_VERDICTS)[number]

/** `waiting`, or how it ended; `over`: its run ended first. */
export const APPROVAL_STATES = ['waiting', 'approved', 'rejected', 'sent_back', 'expired', 'over'] as const
export type ApprovalState = (typeof APPROVAL_STATES)[number]

type Json = ApprovalOutcome['content']

export const decisionSchema = z.object({
  /** The wait that it was made in: what was sent back waits anew. */
  approvalId: z.string(),
  round: z.number().int(),
  verdict: z.enum(APPROVAL_VERDICTS),
  userId: z.string(),
  userName: z.string(),
  notes: z.string(),
  /** Of an edit, what it came to. */
  contentHash: z.string(),
  content: z.json(),
  delegateId: z.string().nullable(),
  delegateName: z.string().nullable(),
  /** Whom it was sent back to. */
  sentTo: z.string().nullable(),
  at: z.string(),
})
export type ApprovalDecision = z.infer<typeof decisionSchema>

export interface ApprovalSummary {
  id: string
  runId: string
  flowId: string | null
  flowName: string
  topic: string | null
  stepId: string
  attempt: number
  nodeId: string
  label: string
  state: ApprovalState
  round: number
  quorum: number
  /** How many people have approved what is there now. */
  approvals: number
  /** Ids of roles; empty for everybody who may decide. */
  assignees: string[]
  createdAt: string
  /** When it ends by itself; null for never. */
  until: string | null
  /** What the one who asks did last. */
  mine: { verdict: ApprovalVerdict; at: string } | null
}

export interface Approval extends ApprovalSummary {
  content: Json
  contentHash: string
  instructions: string
  /** Whom it can be sent back to, the last who worked on it first. */
  sendBackTo: SendBack[]
  /** Of all its waits, oldest first. */
  decisions: ApprovalDecision[]
}

export interface Decider {
  id: string
  name: string
  role: string
}

export type ApprovalWish = { contentHash: string; notes: string } & (
  | { verdict: 'approved' | 'rejected' }
  /** To the first of `sendBackTo` where none is named. */
  | { verdict: 'sent_back'; to?: string | undefined }
  | { verdict: 'edited'; content: Json }
  | { verdict: 'delegated'; to: { id: string; name: string } }
)

/** What is written: the decision, the content as it is from then on, and what the step goes on with, if it does. */
export interface Weighed {
  decision: Omit<ApprovalDecision, 'at'>
  outcome: ApprovalOutcome | null
}

/** Null where this was decided already, word for word. Throws a `PressroomError` where it may not be. */
export function weigh(
  approval: Pick<
    Approval,
    'id' | 'state' | 'round' | 'quorum' | 'assignees' | 'sendBackTo' | 'content' | 'contentHash' | 'decisions'
  >,
  who: Decider,
  wish: ApprovalWish,
  hashOf: (content: Json) => string,
): Weighed | null {
  if (!isAssigned(approval, who)) throw notAssigned(approval.assignees)
  const edited = wish.verdict === 'edited' ? hashOf(wish.content) : null
  const hash = edited ?? wish.contentHash
  const own = approval.decisions.findLast((one) => one.approvalId === approval.id && one.userId === who.id)
  const to = wish.verdict === 'delegated' ? wish.to.id : null
  const sentTo = wish.verdict === 'sent_back' ? recipient(approval.sendBackTo, wish.to) : null
  const same =
    own?.verdict === wish.verdict &&
    own.contentHash === hash &&
    own.delegateId === to &&
    (wish.verdict !== 'sent_back' || wish.to === undefined || own.sentTo === sentTo?.name) &&
    own.notes === wish.notes
  if (same && (own.round === approval.round || approval.state !== 'waiting')) return null
  if (approval.state !== 'waiting') throw notWaiting(approval.state)
  if (wish.contentHash !== approval.contentHash) throw otherContent()
  const changes = edited !== null && edited !== approval.contentHash
  if (own?.round === approval.round && !changes) throw decidedAlready()
  if (wish.verdict === 'sent_back' && !sentTo) throw nobodyRevises(approval.sendBackTo)

  const round = approval.round + (changes ? 1 : 0)
  const decision = {
    approvalId: approval.id,
    round,
    verdict: wish.verdict === 'edited' && !changes ? 'approved' : wish.verdict,
    userId: who.id,
    userName: who.name,
    notes: wish.notes,
    contentHash: hash,
    content: wish.verdict === 'edited' && changes ? wish.content : null,
    delegateId: to,
    delegateName: wish.verdict === 'delegated' ? wish.to.name : null,
    sentTo: sentTo?.name ?? null,
  }
  return { decision, outcome: outcomeOf(approval, decision, sentTo?.id ?? null) }
}

const recipient = (all: readonly SendBack[], to: string | undefined) =>
  (to === undefined ? all[0] : all.find(({ id }) => id === to)) ?? null

export const isApproving = (verdict: ApprovalVerdict): boolean =>
  verdict === 'approved' || verdict === 'edited'

/** All that is decided on with such content; what is no text, as JSON. */
export function textsOf(content: Json): string[] {
  const deliverable = deliverableSchema.safeParse(content)
  if (deliverable.success) return deliverable.data.versions.map(({ text }) => text)
  const draft = draftSchema.safeParse(content)
  if (draft.success) return [draft.data.text]
  return [typeof content === 'string' ? content : canonicalJson(content)]
}

/** By their role, or because somebody handed it to them. */
export const isAssigned = (
  { assignees, decisions }: Pick<Approval, 'assignees' | 'decisions'>,
  { id, role }: Pick<Decider, 'id' | 'role'>,
): boolean =>
  assignees.length === 0 || assignees.includes(role) || decisions.some(({ delegateId }) => delegateId === id)

function outcomeOf(
  { id, quorum, content: before, decisions }: Pick<Approval, 'id' | 'quorum' | 'content' | 'decisions'>,
  { verdict, round, notes, userName, content }: Weighed['decision'],
  to: string | null,
): ApprovalOutcome | null {
  const present = verdict === 'edited' ? content : before
  if (verdict === 'delegated') return null
  if (verdict === 'rejected' || verdict === 'sent_back')
    return { verdict, content: present, notes, to, by: [userName] }
  const earlier = decisions.filter(
    (one) => one.approvalId === id && one.round === round && isApproving(one.verdict),
  )
  if (earlier.length + 1 < quorum) return null
  return {
    verdict: 'approved',
    content: present,
    notes,
    to,
    by: [...earlier.map((one) => one.userName), userName],
  }
}

const notAssigned = (assignees: string[]) =>
  new PressroomError({
    code: 'auth.not_assigned',
    message: 'Others are asked to decide on this.',
    fix: 'Ask one of them to decide, or to hand it to you.',
    facts: { assignees },
  })

const notWaiting = (state: ApprovalState) =>
  new PressroomError({
    code: 'conflict.not_waiting',
    message: 'This is decided already, or its run has ended.',
    fix: 'Look at it again to see how it ended.',
    facts: { state },
  })

const otherContent = () =>
  new PressroomError({
    code: 'conflict.content_changed',
    message: 'Somebody has changed this text since you opened it.',
    fix: 'Look at the text as it is now, then decide.',
  })

const decidedAlready = () =>
  new PressroomError({
    code: 'conflict.decided_already',
    message: 'You have decided on this text already.',
    fix: 'Wait for the others, or change the text: then everybody decides anew.',
  })

const nobodyRevises = (known: readonly SendBack[]) =>
  known.length === 0
    ? new PressroomError({
        code: 'input.nobody_revises',
        message:
          'This can’t be sent back: nobody takes notes on it, or it was sent back as often as the flow allows.',
        fix: 'Edit it yourself, or reject it.',
      })
    : new PressroomError({
        code: 'input.no_recipient',
        message: 'This can’t be sent back to whom you chose.',
        fix: 'Choose one of those that the decision page names.',
        facts: { sendBackTo: known },
      })
