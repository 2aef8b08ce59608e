import type { ApprovalState, ApprovalVerdict, SendBack } from '#graph'
import { counted, dateTime } from '../ui/format.ts'

/** What somebody did, after their name. */
export const VERDICT_WORDS: Record<ApprovalVerdict, string> = {
  approved: 'approved it',
  edited: 'edited and approved it',
  rejected: 'rejected it',
  sent_back: 'sent it back',
  delegated: 'handed it to',
}

export const STATE_WORDS: Record<ApprovalState, string> = {
  waiting: 'Waiting',
  approved: 'Approved',
  rejected: 'Rejected',
  sent_back: 'Sent back',
  expired: 'Not decided in time',
  over: 'The run ended first',
}

export const stateTone = (state: ApprovalState): string =>
  state === 'waiting' ? 'waiting' : state === 'approved' ? 'good' : 'bad'

/** "Needs 2 approvals, has 1", "Until 9 Mar, 09:00". */
export function termsOf({
  quorum,
  approvals,
  until,
}: {
  quorum: number
  approvals: number
  until: string | null
}): string[] {
  const needs = `Needs ${counted(quorum, 'approval')}, has ${approvals}`
  return [...(quorum > 1 ? [needs] : []), ...(until === null ? [] : [`Until ${dateTime(until)}`])]
}

interface Decided {
  state: ApprovalState
  quorum: number
  approvals: number
}

/** What happens now, after what one did oneself. */
export function nextWords(
  verdict: ApprovalVerdict,
  { state, quorum, approvals }: Decided,
  to: string,
): string {
  if (verdict === 'delegated') return `${to} finds it in their inbox now.`
  if (state === 'approved') return 'The run goes on with this text.'
  if (state === 'rejected') return 'The run goes on without it, by whatever follows “Rejected”.'
  if (state === 'sent_back') return `${to} works on it with your notes. It comes back here when that is done.`
  const missing = counted(quorum - approvals, 'more approval')
  return `It waits for ${missing}.`
}

/** What is done again when it is sent back to somebody, in order. */
export const againWords = ({ again }: SendBack): string =>
  again.length === 0
    ? 'Works on it with your notes, then it waits here again.'
    : `Works on it with your notes, then ${again.join(', then ')}, then it waits here again.`
