/** Notices in Postgres, from the commit that they tell of to their delivery. */
import type { Pool } from 'pg'
import type { NoticeSettings } from '#graph'
import type { NoticeOutbox, TakenNotice } from '#run/notices/interfaces.ts'
import { APPROVAL, type ApprovalRow, summaryOf } from './approval-rows.ts'
import {
  COMMIT,
  acrossOrganisations,
  begin,
  queryIn,
  together,
  withConnection,
} from './run-store-connection.ts'
import { storable } from './run-store-writes.ts'
import { KEPT_DAYS } from './trigger-calls.ts'

/** A process that has taken a notice has this long to send it before another one may. */
const LEASE = `interval '60 seconds'`
const FORGOTTEN_AT_A_TIME = 1_000

type TakenRow = NoticeSettings & {
  secretId: string | null
  approvalId: string | null
  to: TakenNotice['to']
  tries: number
}

export function createNoticeOutbox(pool: Pool): NoticeOutbox {
  return {
    async due(limit) {
      const rows = await acrossOrganisations<{ organisation_id: string; id: string }>(
        pool,
        'SELECT * FROM system_due_notices($1)',
        [limit],
      )
      return rows.map(({ organisation_id, id }) => ({ organisationId: organisation_id, noticeId: id }))
    },

    take: ({ organisationId, noticeId }) =>
      withConnection(pool, async (client) => {
        const values = [noticeId]
        const [, taken] = await together(client, [begin(organisationId), { text: TAKE, values }])
        const [row] = taken.rows as TakenRow[]
        const [found] = row?.approvalId
          ? (await client.query<ApprovalRow>({ text: APPROVAL, values: ['', row.approvalId] })).rows
          : []
        await client.query(COMMIT)
        if (!row) return null
        const { approvalId: _approval, ...notice } = row
        return { ...notice, organisationId, noticeId, approval: found ? summaryOf(found) : null }
      }),

    async settle({ organisationId, noticeId }, outcome) {
      const failure = 'failure' in outcome ? storable(outcome.failure) : null
      const delayMs = 'delayMs' in outcome ? outcome.delayMs : 0
      const values = [noticeId, outcome.status, failure, delayMs]
      await queryIn(pool, organisationId, { text: SETTLE, values }, '')
    },

    async address({ organisationId, noticeId }, userIds) {
      await withConnection(pool, (client) =>
        together(client, [
          begin(organisationId),
          { text: ADDRESS, values: [noticeId, userIds] },
          { text: 'DELETE FROM notices WHERE id = $1', values: [noticeId] },
          COMMIT,
        ]),
      )
    },

    async forget(olderThanDays) {
      const all = await acrossOrganisations<{ id: string }>(pool, 'SELECT id FROM system_organisations()', [])
      for (const { id } of all) {
        const values = [olderThanDays, FORGOTTEN_AT_A_TIME]
        for (let gone = FORGOTTEN_AT_A_TIME; gone === FORGOTTEN_AT_A_TIME;) {
          gone = (await queryIn(pool, id, { text: FORGET, values }, '')).length
        }
      }
    },
  }
}

const TAKE = `
  WITH taken AS (
    UPDATE notices SET tries = tries + 1, not_before = clock_timestamp() + ${LEASE}
    WHERE id = $1 AND status = 'waiting' AND not_before <= clock_timestamp() RETURNING *)
  SELECT t.kind, c.settings, c.secret_id AS "secretId", t.approval_id AS "approvalId", t.tries,
    CASE WHEN u.id IS NOT NULL THEN jsonb_build_object('id', u.id, 'name', u.name, 'email', u.email) END AS "to"
  FROM taken AS t JOIN notice_channels AS c ON c.kind = t.kind LEFT JOIN users AS u ON u.id = t.user_id`

const SETTLE = `
  UPDATE notices SET status = $2, failure = $3, not_before = clock_timestamp() + make_interval(secs => $4::float8 / 1000),
    settled_at = CASE WHEN $2 <> 'waiting' THEN clock_timestamp() END
  WHERE id = $1 AND status = 'waiting'`

const ADDRESS = `
  INSERT INTO notices (organisation_id, id, kind, approval_id, user_id)
  SELECT n.organisation_id, gen_random_uuid()::text, n.kind, n.approval_id, m.user_id
  FROM notices AS n JOIN members AS m ON m.user_id = ANY ($2::text[]) AND m.mail_notices
  WHERE n.id = $1 AND n.status = 'waiting'`

const FORGET = `
  DELETE FROM notices WHERE id IN (
    SELECT id FROM notices WHERE status <> 'waiting' AND settled_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS})
    LIMIT $2) RETURNING id`
