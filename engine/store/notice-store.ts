import { randomUUID } from 'node:crypto'
import type { NoticeChannel, NoticeStore } from '#access'
import {
  type Failure,
  type NoticeKind,
  type NoticeState,
  mailNoticeSchema,
  webhookNoticeSchema,
} from '#graph'
import { appendAudit } from './audit-chain.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

export function createNoticeStore(withOrganisation: WithOrganisation): NoticeStore {
  return {
    channels: (organisationId) => withOrganisation(organisationId, channelsIn),

    save: (acting, channel) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const { kind, settings, secretId, enabled } = channel
        const before = (await channelsIn(tx)).find((one) => one.kind === kind)
        const data = { settings, secretId, enabled }
        await tx.noticeChannel.upsert({
          where: { organisationId_kind: { organisationId, kind } },
          create: { organisationId, kind, ...data },
          update: data,
        })
        await appendAudit(tx, acting, {
          action: 'notices.save',
          target: { kind: 'notices', id: kind },
          outcome: 'done',
          before: before ? told(before) : null,
          after: told(channel),
        })
      }),

    test: (acting, kind, userId) =>
      withOrganisation(acting.organisationId, async (tx) => {
        if (!(await channelsIn(tx)).some((one) => one.kind === kind)) return false
        const { organisationId } = acting
        const to = kind === 'mail' ? userId : null
        await tx.notice.create({ data: { organisationId, id: randomUUID(), kind, userId: to } })
        await appendAudit(tx, acting, {
          action: 'notices.test',
          target: { kind: 'notices', id: kind },
          outcome: 'done',
        })
        return true
      }),

    deliveries: (organisationId, limit) =>
      withOrganisation(organisationId, async (tx) => {
        const rows = await tx.$queryRaw<DeliveryRow[]>`
          SELECT n.id, n.kind, n.status AS state, n.tries, n.failure, n.created_at, n.settled_at, u.name AS "to",
            coalesce(r.input->'brief'->>'topic', s.label) AS title
          FROM notices AS n LEFT JOIN users AS u ON u.id = n.user_id LEFT JOIN approvals AS a ON a.id = n.approval_id
          LEFT JOIN runs AS r ON r.id = a.run_id LEFT JOIN steps AS s ON s.id = a.step_id
          ORDER BY n.created_at DESC, n.id LIMIT ${limit}`
        return rows.map(({ created_at, settled_at, ...row }) => ({
          ...row,
          createdAt: created_at.toISOString(),
          settledAt: settled_at?.toISOString() ?? null,
        }))
      }),

    wantsMail: (organisationId, userId) =>
      withOrganisation(organisationId, async (tx) => {
        const member = await tx.member.findFirst({ where: { userId }, select: { mailNotices: true } })
        return member?.mailNotices ?? false
      }),

    setWantsMail: (organisationId, userId, mailNotices) =>
      withOrganisation(organisationId, async (tx) => {
        await tx.member.updateMany({ where: { userId }, data: { mailNotices } })
      }),
  }
}

interface DeliveryRow {
  id: string
  kind: NoticeKind
  state: NoticeState
  tries: number
  failure: Failure | null
  created_at: Date
  settled_at: Date | null
  to: string | null
  title: string | null
}

async function channelsIn(tx: OrganisationTx): Promise<NoticeChannel[]> {
  const rows = await tx.noticeChannel.findMany({ orderBy: { kind: 'desc' } })
  return rows.map(({ kind, settings, secretId, enabled }) =>
    kind === 'webhook'
      ? { kind, settings: webhookNoticeSchema.parse(settings), secretId, enabled }
      : { kind: 'mail', settings: mailNoticeSchema.parse(settings), secretId, enabled },
  )
}

const told = ({ settings, secretId, enabled }: NoticeChannel) => ({ ...settings, secret: secretId, enabled })
