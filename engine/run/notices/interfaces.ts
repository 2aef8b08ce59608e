/** Notices' outside world. */
import type { ApprovalSummary, Decider, Failure, MailNotice, NoticeSettings, WebhookNotice } from '#graph'

export interface NoticeRef {
  organisationId: string
  noticeId: string
}

export type TakenNotice = NoticeRef &
  NoticeSettings & {
    /** Of the key that deliveries are signed with, or the password of the mail server. */
    secretId: string | null
    /** Null: a test. */
    approval: ApprovalSummary | null
    /** Of mail; null: to everybody who is asked. */
    to: { id: string; name: string; email: string } | null
    /** Counting this one. */
    tries: number
  }

export type NoticeOutcome =
  | { status: 'sent' | 'dropped' }
  | { status: 'failed'; failure: Failure }
  /** It is tried again. */
  | { status: 'waiting'; failure: Failure; delayMs: number }

/** A row for each notice, written in the commit that it tells of. */
export interface NoticeOutbox {
  /** Those whose time has come, in every organisation. */
  due(limit: number): Promise<NoticeRef[]>
  /** Null where it is settled, or where another process is about to send it. */
  take(notice: NoticeRef): Promise<TakenNotice | null>
  settle(notice: NoticeRef, outcome: NoticeOutcome): Promise<void>
  /** One for each of these people who wants mail in place of the one to all of them, in one commit. */
  address(notice: NoticeRef, userIds: string[]): Promise<void>
  /** Deletes settled ones of every organisation that are older than this, or than it keeps the logs of its runs. */
  forget(olderThanDays: number): Promise<void>
}

export interface Message {
  subject: string
  text: string
}

/** Brings notices out of the house. Rejects with a failure that says whether another try may help. */
export interface NoticeCourier {
  post(to: WebhookNotice, signed: { id: string; secret: string }, body: string): Promise<void>
  mail(by: MailNotice, password: string | null, to: string, message: Message): Promise<void>
}

export interface NoticeParts {
  outbox: NoticeOutbox
  courier: NoticeCourier
  secrets: { open(organisationId: string, id: string): Promise<string> }
  /** Everybody who may decide on what a run asks for. */
  deciders(organisationId: string, runId: string): Promise<Decider[]>
  publicUrl: string
}
