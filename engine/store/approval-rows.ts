/** Rows of approvals as `pg` gives them, the queries that do, and what they say. */
import type { Approval, ApprovalDecision, ApprovalState, ApprovalSummary } from '#graph'
import type { Json } from '#run/interfaces.ts'

export interface ApprovalRow {
  id: string
  run_id: string
  flow_id: string | null
  flow_name: string
  topic: string | null
  step_id: string
  attempt: number
  node_id: string
  label: string
  open: boolean
  cause: 'answered' | 'due' | null
  verdict: 'approved' | 'rejected' | 'sent_back' | null
  round: number
  approvals: number
  spec: Pick<Approval, 'assignees' | 'quorum' | 'instructions'> & {
    sendBackTo: Approval['sendBackTo'] | null
  }
  content: Json
  content_hash: string
  created_at: Date
  due_at: Date | null
  mine: ApprovalDecision['verdict'] | null
  mine_at: Date | null
}

export interface DecisionRow {
  approval_id: string
  round: number
  verdict: ApprovalDecision['verdict']
  user_id: string
  user_name: string
  notes: string
  content_hash: string
  content: Json
  delegate_id: string | null
  delegate_name: string | null
  sent_to: string | null
  at: Date
}

/** $1: who asks. */
const ROWS = `
  SELECT a.id, a.run_id, r.flow_id, r.flow_name, r.input->'brief'->>'topic' AS topic, a.step_id, a.attempt, s.node_id,
    s.label, s.status = 'waiting' AND s.attempt = a.attempt AND NOT r.cancel_requested AS open, w.cause,
    w.value->>'verdict' AS verdict, a.round,
    (SELECT count(*)::int FROM approval_decisions AS d WHERE d.approval_id = a.id AND d.round = a.round
      AND d.verdict IN ('approved', 'edited')) AS approvals,
    w.spec - 'content' AS spec, a.content, a.content_hash, a.created_at, w.due_at, own.verdict AS mine, own.at AS mine_at,
    own.round AS own_round
  FROM approvals AS a
  JOIN runs AS r ON r.id = a.run_id
  JOIN steps AS s ON s.id = a.step_id
  JOIN step_waits AS w ON w.step_id = a.step_id AND w.attempt = a.attempt
  LEFT JOIN LATERAL (SELECT d.verdict, d.at, d.round FROM approval_decisions AS d
    WHERE d.approval_id = a.id AND d.user_id = $1 ORDER BY d.at DESC LIMIT 1) AS own ON true`

export const APPROVAL = `${ROWS} WHERE a.id = $2`

export const LIST = `
  WITH found AS (${ROWS}
    WHERE ($5::boolean OR NOT EXISTS (SELECT FROM flows AS f
        WHERE f.id = r.flow_id AND f.team_id IS NOT NULL AND f.team_id <> ALL ($6::text[])))
      AND ($7::text[] IS NULL OR r.flow_id = ANY ($7))
      AND CASE WHEN $3::boolean THEN s.status = 'waiting' AND s.attempt = a.attempt AND NOT r.cancel_requested
        AND own.round IS DISTINCT FROM a.round
        AND (w.spec->'assignees' = '[]' OR w.spec->'assignees' @> to_jsonb($2::text)
          OR EXISTS (SELECT FROM approval_decisions AS d WHERE d.step_id = a.step_id AND d.delegate_id = $1))
      ELSE own.verdict IS NOT NULL END)
  SELECT * FROM found
  ORDER BY CASE WHEN $3::boolean THEN created_at END, CASE WHEN NOT $3::boolean THEN mine_at END DESC, id LIMIT $4`

export const DECISIONS = `
  SELECT approval_id, round, verdict, user_id, user_name, notes, content_hash, content, delegate_id, delegate_name,
    sent_to, at
  FROM approval_decisions WHERE step_id = $1 ORDER BY at, id`

function stateOf({ open, cause, verdict }: ApprovalRow): ApprovalState {
  if (open) return 'waiting'
  if (cause === null) return 'over'
  return cause === 'due' ? 'expired' : (verdict ?? 'over')
}

export const summaryOf = (row: ApprovalRow): ApprovalSummary => ({
  id: row.id,
  runId: row.run_id,
  flowId: row.flow_id,
  flowName: row.flow_name,
  topic: row.topic,
  stepId: row.step_id,
  attempt: row.attempt,
  nodeId: row.node_id,
  label: row.label,
  state: stateOf(row),
  round: row.round,
  quorum: row.spec.quorum,
  approvals: row.approvals,
  assignees: row.spec.assignees,
  createdAt: row.created_at.toISOString(),
  until: row.due_at?.toISOString() ?? null,
  mine: row.mine && row.mine_at && { verdict: row.mine, at: row.mine_at.toISOString() },
})

export const approvalOf = (row: ApprovalRow, decisions: DecisionRow[]): Approval => ({
  ...summaryOf(row),
  content: row.content,
  contentHash: row.content_hash,
  instructions: row.spec.instructions,
  sendBackTo: row.spec.sendBackTo ?? [],
  decisions: decisions.map((one) => ({
    approvalId: one.approval_id,
    round: one.round,
    verdict: one.verdict,
    userId: one.user_id,
    userName: one.user_name,
    notes: one.notes,
    contentHash: one.content_hash,
    content: one.content,
    delegateId: one.delegate_id,
    delegateName: one.delegate_name,
    sentTo: one.sent_to,
    at: one.at.toISOString(),
  })),
})
