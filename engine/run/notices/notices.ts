/**
 * Job: tells people outside the studio of what waits for them. Boundary: rows are behind `NoticeOutbox`, the network
 * behind `NoticeCourier`.
 *
 * N1 A notice is written in the commit that it tells of, and sent after that: whoever dies in between is made up for by
 *    whoever looks next. A receiver may get one twice, under the same id.
 * N2 Only who may decide on it now, reaches its flow and wants to hear of it gets mail.
 * N3 What can't be sent says why in its row. Only what may pass by itself is tried again, and not for ever.
 */
import { failureOf, isAssigned } from '#graph'
import type { Clock } from '../interfaces.ts'
import { repeat } from '../worker.ts'
import type { NoticeParts, NoticeRef, TakenNotice } from './interfaces.ts'
import { bodyOf, messageOf } from './words.ts'

const LOOK_MS = 1_000
const FORGET_MS = 3_600_000
const KEPT_DAYS = 30
const BATCH = 20
const SECOND_MS = 1_000
/** Before the second try, the third, and so on: about a day in all. */
const DELAYS_MS = [5, 30, 120, 600, 3_600, 7_200, 21_600, 43_200].map((seconds) => seconds * SECOND_MS)

interface Parts extends NoticeParts {
  clock: Clock
  log: { error(facts: object, message: string): void }
}

export interface Notices {
  /** Sends what is due, until it is stopped. */
  watch(): void
  /** Sends what is due now. */
  look(): Promise<void>
  stop(): Promise<void>
}

export function createNotices({ clock, log, ...parts }: Parts): Notices {
  const { outbox } = parts
  const endings: (() => void)[] = []
  let looking: Promise<void> = Promise.resolve()

  async function send(ref: NoticeRef): Promise<void> {
    const notice = await outbox.take(ref)
    if (!notice) return
    try {
      await deliver(parts, notice)
    } catch (error) {
      const failure = failureOf(error)
      const delayMs = DELAYS_MS[notice.tries - 1]
      const again = failure.retryable && notice.approval !== null && delayMs !== undefined
      await outbox.settle(
        ref,
        again ? { status: 'waiting', failure, delayMs } : { status: 'failed', failure },
      )
    }
  }

  const look = () =>
    (looking = outbox.due(BATCH).then(async (due) => {
      const sending = due.map((ref) =>
        send(ref).catch((error: unknown) =>
          log.error({ err: error, ...ref }, 'a notice was left for the next look'),
        ),
      )
      await Promise.all(sending)
    }))

  return {
    look,
    watch() {
      endings.push(
        repeat(clock, LOOK_MS, log, look),
        repeat(clock, FORGET_MS, log, () => outbox.forget(KEPT_DAYS)),
      )
    },
    async stop() {
      for (const end of endings.splice(0)) end()
      await looking.catch((error: unknown) =>
        log.error({ err: error }, 'notices were left for the next look'),
      )
    },
  }
}

async function deliver(parts: NoticeParts, notice: TakenNotice): Promise<void> {
  const { outbox, courier, secrets, publicUrl } = parts
  const { organisationId, noticeId, approval, secretId, to } = notice
  if (approval && approval.state !== 'waiting') return outbox.settle(notice, { status: 'dropped' })
  const secret = secretId === null ? null : await secrets.open(organisationId, secretId)
  if (notice.kind === 'webhook') {
    const body = bodyOf(approval, publicUrl, new Date())
    await courier.post(notice.settings, { id: noticeId, secret: secret ?? '' }, body)
  } else if (to) {
    if (approval && !(await asked(parts, notice, [to.id])).includes(to.id))
      return outbox.settle(notice, { status: 'dropped' })
    await courier.mail(notice.settings, secret, to.email, messageOf(approval, publicUrl))
  } else return outbox.address(notice, await asked(parts, notice))
  await outbox.settle(notice, { status: 'sent' })
}

/** Ids of the people who are asked to decide now (N2). `handed`: to whom it was handed, whatever their role. */
async function asked(
  { deciders }: NoticeParts,
  { organisationId, approval }: TakenNotice,
  handed: string[] = [],
): Promise<string[]> {
  if (!approval) return []
  const all = await deciders(organisationId, approval.runId)
  const { assignees } = approval
  return all
    .filter((one) => handed.includes(one.id) || isAssigned({ assignees, decisions: [] }, one))
    .map(({ id }) => id)
}
