/** What waits for people's approval, and what they decide. A decision shares its commit with all that follows from it. */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { Acting, AuditEntry } from '#access'
import {
  type Approval,
  type ApprovalSummary,
  type Evaluation,
  type Weighed,
  draftSchema,
  weigh,
} from '#graph'
import type { ApprovalStore, LockedRun } from '#run/interfaces.ts'
import { auditQuery } from './audit-chain.ts'
import { APPROVAL, DECISIONS, LIST, approvalOf, summaryOf } from './approval-rows.ts'
import type { ApprovalRow, DecisionRow } from './approval-rows.ts'
import { contentHash } from './content-hash.ts'
import { queryIn } from './run-store-connection.ts'
import { transactAlong } from './run-store-transact.ts'
import { storable } from './run-store-writes.ts'

const EVERYTHING = { everyTeam: true, teamIds: [], flowIds: null }

export function createApprovalStore(pool: Pool): ApprovalStore<Acting> {
  return {
    async list(organisationId, { of, waiting, limit, reach = EVERYTHING }) {
      const { everyTeam, teamIds, flowIds } = reach
      const values = [of.id, of.role, waiting, limit, everyTeam, teamIds, flowIds]
      const rows = await queryIn<ApprovalRow>(pool, organisationId, { name: 'approvals', text: LIST, values })
      return rows.map(summaryOf)
    },

    async get(organisationId, id, userId) {
      const [row] = await queryIn<ApprovalRow>(pool, organisationId, { text: APPROVAL, values: [userId, id] })
      if (!row) return null
      const values = [row.step_id]
      return approvalOf(row, await queryIn<DecisionRow>(pool, organisationId, { text: DECISIONS, values }))
    },

    async evaluations(organisationId, { runId, content }) {
      const { success, data: draft } = draftSchema.safeParse(content)
      if (!success) return []
      const text = `SELECT value FROM outputs WHERE run_id = $1 AND port_type = 'evaluation'
        AND value->>'draftId' = ANY ($2::text[]) ORDER BY ordinal, id`
      const values = [runId, [draft.id, draft.parent].filter((id) => id !== null)]
      return (await queryIn<{ value: Evaluation }>(pool, organisationId, { text, values })).map(
        ({ value }) => value,
      )
    },

    decide(acting, { id, runId, stepId }, by, wish, answer) {
      const { organisationId } = acting
      const transition = { organisationId, runId, stepIds: [stepId], wantReady: 0 }
      return transactAlong(pool, transition, async (client, run, apply) => {
        const before = await lockedApproval(client, run, id, by.id)
        const weighed = weigh(before, by, wish, contentHash)
        if (!weighed) return { approval: before, repeated: true, resumed: false }
        const { decision, outcome } = weighed
        await write(client, organisationId, before, decision)
        await client.query(auditQuery(acting, entry(before, weighed)))
        if (outcome) apply((locked) => answer(locked, outcome, outcome.by.join(', ')))
        const approval = await lockedApproval(client, run, id, by.id)
        const state = outcome ? outcome.verdict : approval.state
        return { approval: { ...approval, state }, repeated: false, resumed: outcome !== null }
      })
    },
  }
}

/** Every decision locks its run first, so nothing of it changes meanwhile. */
async function lockedApproval(
  client: PoolClient,
  run: LockedRun,
  id: string,
  userId: string,
): Promise<Approval> {
  const { rows } = await client.query<ApprovalRow>({ text: APPROVAL, values: [userId, id] })
  const [row] = rows
  if (!row) throw new Error(`run ${run.id} has no approval ${id}`)
  const decisions = await client.query<DecisionRow>({ text: DECISIONS, values: [row.step_id] })
  return approvalOf(row, decisions.rows)
}

async function write(
  client: PoolClient,
  organisationId: string,
  { stepId }: ApprovalSummary,
  decision: Weighed['decision'],
): Promise<void> {
  const { approvalId, round, verdict, userId, userName, notes, content, delegateId, delegateName } = decision
  const edit = verdict === 'edited' ? storable({ content }) : null
  await client.query({
    text: `INSERT INTO approval_decisions (organisation_id, id, approval_id, step_id, round, user_id, user_name, verdict,
        notes, content_hash, content, delegate_id, delegate_name, sent_to)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb->'content', $12, $13, $14)`,
    values: [
      organisationId,
      randomUUID(),
      approvalId,
      stepId,
      round,
      userId,
      userName,
      verdict,
      notes,
      decision.contentHash,
      edit,
      delegateId,
      delegateName,
      decision.sentTo,
    ],
  })
  if (edit === null) return
  await client.query({
    text: `UPDATE approvals SET round = $2, content = $3::jsonb->'content', content_hash = $4 WHERE id = $1`,
    values: [approvalId, round, edit, decision.contentHash],
  })
}

/** Says which text it was by its hash; the texts stay with the decisions. */
function entry(before: Approval, { decision, outcome }: Weighed): AuditEntry {
  const { verdict, round, contentHash: hash, notes, delegateName, sentTo } = decision
  return {
    action: verdict === 'delegated' ? 'approvals.delegate' : 'approvals.decide',
    target: { kind: 'approval', id: before.id, name: before.label },
    outcome: 'done',
    before: { round: before.round, contentHash: before.contentHash },
    after: {
      run: before.runId,
      verdict,
      round,
      contentHash: hash,
      ...(notes === '' ? {} : { notes }),
      ...(delegateName === null ? {} : { to: delegateName }),
      ...(sentTo === null ? {} : { to: sentTo }),
      ...(outcome ? { goesOn: outcome.verdict } : {}),
    },
  }
}
