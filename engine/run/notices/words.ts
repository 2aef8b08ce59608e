import type { ApprovalSummary } from '#graph'
import type { Message } from './interfaces.ts'

const titleOf = ({ topic, label }: ApprovalSummary) => topic ?? label
const addressOf = (publicUrl: string, { id }: ApprovalSummary) => `${publicUrl}/inbox/${id}`

/** Says what waits and where; the text itself stays in the house. */
export function messageOf(approval: ApprovalSummary | null, publicUrl: string): Message {
  if (!approval) {
    return {
      subject: 'A test from Pressroom',
      text: `Notices of what waits for approval reach you at this address.\n\n${publicUrl}\n`,
    }
  }
  const { flowName, quorum, until } = approval
  const terms = [
    ...(quorum > 1 ? [`It needs ${quorum} approvals.`] : []),
    ...(until === null ? [] : [`It waits until ${until}.`]),
  ]
  return {
    subject: `Waiting for your decision: ${titleOf(approval)}`,
    text: [
      `“${titleOf(approval)}” of the flow “${flowName}” waits for your decision.`,
      ...terms,
      `Look at it: ${addressOf(publicUrl, approval)}`,
      `You can switch these mails off under your account: ${publicUrl}/account`,
    ].join('\n\n'),
  }
}

export function bodyOf(approval: ApprovalSummary | null, publicUrl: string, now: Date): string {
  const timestamp = now.toISOString()
  if (!approval) return JSON.stringify({ type: 'test', timestamp, data: { url: publicUrl } })
  const { id, runId, flowId, flowName, quorum, assignees, createdAt, until } = approval
  const data = {
    id,
    title: titleOf(approval),
    url: addressOf(publicUrl, approval),
    run: runId,
    flow: { id: flowId, name: flowName },
    quorum,
    roles: assignees,
    since: createdAt,
    until,
  }
  return JSON.stringify({ type: 'approval.waiting', timestamp, data })
}
