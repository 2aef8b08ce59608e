import type { FastifyBaseLogger } from 'fastify'
import type pg from 'pg'
import type {
  AccessChanges,
  Acting,
  AuditLog,
  BudgetStore,
  ConnectionStore,
  Directory,
  FlowOwners,
  InvitationStore,
  KeyStore,
  MemberStore,
  NoticeStore,
  ModelStore,
  OpenIdClient,
  OrganisationStore,
  PeopleStore,
  PriceStore,
  Redactor,
  ResetLinks,
  RoleStore,
  Secrets,
  ServiceAccountStore,
  SignOnStore,
  TeamStore,
  TriggerStore,
} from '#access'
import type { ConnectedModels, ModelStatus, Prices } from '#gateway'
import type { BriefInput, Flow, NodeManifest } from '#graph'
import type {
  Approvals,
  Callbacks,
  CatalogStore,
  Connector,
  DraftStore,
  FlowStore,
  PullProgress,
  RunReader,
  RunService,
} from '#run/interfaces.ts'
import type { TriggerCalls } from '#run/triggers/interfaces.ts'
import type { Triggers } from '#run/triggers/triggers.ts'

/** A template of the gallery: data only. */
export interface Template {
  id: string
  name: string
  summary: string
  description: string
  /** Slug of a content type. */
  contentType: string
  icon: string
  /** Position in the gallery. */
  order: number
  flow: Flow
  /** A sample brief that can be run as it is. */
  brief: BriefInput
}

export interface Readiness {
  ready: boolean
  checks: Record<string, { ok: boolean; message: string }>
}

/** What procedures work with. */
export interface Services {
  stores: {
    flows: FlowStore
    drafts: DraftStore
    catalogs: CatalogStore
    reader: RunReader
    owners: FlowOwners
    members: MemberStore
    roles: RoleStore
    teams: TeamStore
    serviceAccounts: ServiceAccountStore
    keys: KeyStore
    organisations: OrganisationStore
    budgets: BudgetStore
    connections: ConnectionStore
    models: ModelStore
    prices: PriceStore
    people: PeopleStore
    invitations: InvitationStore
    resetLinks: ResetLinks
    signOn: SignOnStore
    triggers: TriggerStore
    notices: NoticeStore
    triggerCalls: TriggerCalls
  }
  secrets: Secrets
  connector: Pick<Connector, 'test' | 'discover'>
  connected: Pick<ConnectedModels, 'provider' | 'open'>
  prices: Pick<Prices, 'of'>
  openId: OpenIdClient
  audit: AuditLog
  /** The address in people's browsers, such as `https://pressroom.example.org`. */
  publicUrl: string
  redactor: Redactor
  manifests: NodeManifest[]
  templates: Template[]
  runService: RunService
  callbacks: Callbacks
  approvals: Approvals<Acting>
  triggers: Triggers
  directory: Directory
  accessChanges: AccessChanges
  models: {
    status(): Promise<ModelStatus[]>
    pull(
      provider: string,
      model: string,
      onProgress: (progress: PullProgress) => void,
      signal: AbortSignal,
    ): Promise<void>
  }
}

export interface ApiDeps extends Services {
  /** Connections of the application's role, for users, sessions and memberships. */
  authPool: pg.Pool
  /** Signs session cookies; 32 characters or more, the same in every process. */
  secret: string
  /** Folder of the built studio. */
  studioDir: string
  /** Whose word on where a request comes from is taken: addresses, networks or `loopback`. */
  trustedProxies: string[]
  readiness(): Promise<Readiness>
  log: FastifyBaseLogger
}
