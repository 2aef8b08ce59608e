import type { Failure, NoticeKind, NoticeSettings, NoticeState } from '#graph'
import type { Acting } from '../audit.ts'

export type NoticeChannel = NoticeSettings & { enabled: boolean; secretId: string | null }

export interface NoticeDelivery {
  id: string
  kind: NoticeKind
  state: NoticeState
  /** What it tells of; null for a test. */
  title: string | null
  /** Whom mail goes to. */
  to: string | null
  tries: number
  failure: Failure | null
  createdAt: string
  settledAt: string | null
}

export interface NoticeStore {
  channels(organisationId: string): Promise<NoticeChannel[]>
  save(acting: Acting, channel: NoticeChannel): Promise<void>
  /** A notice of nothing, to this person where it is mail. False where there is no such channel. */
  test(acting: Acting, kind: NoticeKind, userId: string): Promise<boolean>
  /** The latest first. */
  deliveries(organisationId: string, limit: number): Promise<NoticeDelivery[]>
  wantsMail(organisationId: string, userId: string): Promise<boolean>
  setWantsMail(organisationId: string, userId: string, wanted: boolean): Promise<void>
}
