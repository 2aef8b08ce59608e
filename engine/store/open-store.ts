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
  ModelStore,
  OrganisationStore,
  PeopleStore,
  PriceStore,
  ResetLinks,
  RoleStore,
  ServiceAccountStore,
  SignOnStore,
  NoticeStore,
  TeamStore,
  TriggerStore,
} from '#access'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type {
  ApprovalStore,
  CatalogStore,
  ChildRuns,
  DraftStore,
  FlowStore,
  Retention,
  FlowsToRun,
  RunReader,
  RunStore,
} from '#run/interfaces.ts'
import type { NoticeOutbox } from '#run/notices/interfaces.ts'
import type { TriggerCalls } from '#run/triggers/interfaces.ts'
import { seedDatabase, shippedSeed, type SeedData } from '../../prisma/seed.ts'
import { createAccessChanges } from './access-changes.ts'
import { appUrl } from './app-role.ts'
import { createApprovalStore } from './approval-store.ts'
import { createAuditStore } from './audit-store.ts'
import { createDirectory } from './directory.ts'
import { createChildRuns } from './child-runs.ts'
import { createBudgetStore } from './budget-store.ts'
import { createCatalogStore } from './catalog-store.ts'
import { createConnectionStore } from './connection-store.ts'
import { createDraftStore } from './draft-store.ts'
import { createFlowOwners } from './flow-owners.ts'
import { createFlowStore } from './flow-store.ts'
import { createFlowsToRun } from './flows-to-run.ts'
import { PrismaClient } from './generated/client.ts'
import { createInvitationStore } from './invitation-store.ts'
import { createKeyStore } from './key-store.ts'
import { createMemberStore } from './member-store.ts'
import { migrate } from './migrate.ts'
import { openDatabase, type DatabaseOptions } from './open-database.ts'
import { createNoticeOutbox } from './notice-outbox.ts'
import { createNoticeStore } from './notice-store.ts'
import { createModelStore } from './model-store.ts'
import { createOrganisationStore } from './organisation-store.ts'
import { createPeopleStore } from './people-store.ts'
import { createPriceStore } from './price-store.ts'
import { createResetLinks } from './reset-links.ts'
import { createRetention } from './retention.ts'
import { createRoleStore } from './role-store.ts'
import { createRunReader } from './run-reader.ts'
import { createRunStore } from './run-store.ts'
import { createServiceAccountStore } from './service-account-store.ts'
import { createSignOnStore } from './sign-on-store.ts'
import { storeFailure } from './store-failure.ts'
import { createTeamStore } from './team-store.ts'
import { createTriggerCalls } from './trigger-calls.ts'
import { createTriggerStore } from './trigger-store.ts'
import { withOrganisationOn, type WithOrganisation } from './tenancy.ts'

export interface StoreOptions extends DatabaseOptions {
  /** Connections of `pool`; identity has a few of its own. */
  poolSize?: number
  /** What every organisation starts with; left out, what Pressroom ships. */
  seed?: SeedData
  /** A connection broke and is made again; worth a line in the log. */
  onConnectionError?: (error: Error) => void
}

export interface StoreHandle {
  /** `url` is for the application's role, `adminUrl` for the owner of the tables. */
  database: { url: string; adminUrl: string; embedded: { pid: number; port: number } | null }
  /** As the application's role: shows nothing until a transaction sets `app.org_id`. */
  pool: pg.Pool
  /** For identity (users, sessions, members), so that sign-in does not wait behind runs. Same role. */
  authPool: pg.Pool
  prisma: PrismaClient
  withOrganisation: WithOrganisation
  directory: Directory
  audit: AuditLog
  accessChanges: AccessChanges
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
  catalogs: CatalogStore
  flows: FlowStore
  flowsToRun: FlowsToRun
  drafts: DraftStore
  runs: RunStore
  retention: Retention
  reader: RunReader
  triggers: TriggerStore
  triggerCalls: TriggerCalls
  childRuns: ChildRuns
  approvals: ApprovalStore<Acting>
  notices: NoticeStore
  noticeOutbox: NoticeOutbox
  /** Rejects, in words for people, when the database can't be used. */
  ping(): Promise<void>
  close(): Promise<void>
}

const POOL_SIZE = 8
const RUN_POOL_SIZE = 10
const AUTH_POOL_SIZE = 4
/** How long a transaction waits for a connection, and how long it may take, on a machine that is busy with models. */
const TX_WAIT_MS = 10_000
const TX_MS = 30_000

/** Opens the database, brings it up to date, completes its seed and connects to it as the application's role. */
export async function openStore(options: StoreOptions): Promise<StoreHandle> {
  const database = await openDatabase(options)
  try {
    await migrate(database.adminUrl)
    return await connectStore(database.adminUrl, options, {
      embedded: database.embedded,
      closeDatabase: database.close,
    })
  } catch (error) {
    await database.close()
    throw error
  }
}

/** A store on a database that is up to date already. */
export async function connectStore(
  adminUrl: string,
  options: Pick<StoreOptions, 'poolSize' | 'seed' | 'onConnectionError'> = {},
  owner: { embedded: { pid: number; port: number } | null; closeDatabase: () => Promise<void> } = {
    embedded: null,
    closeDatabase: async () => {},
  },
): Promise<StoreHandle> {
  const url = appUrl(adminUrl)
  const report = options.onConnectionError ?? ((error) => process.emitWarning(error))
  const onError = (error: unknown) => report(storeFailure(error))
  const pool = openPool(url, options.poolSize ?? POOL_SIZE, 'pressroom', onError)
  const authPool = openPool(url, AUTH_POOL_SIZE, 'pressroom identity', onError)
  // A commit of the executor is a handful of queries: sent in one go, they cost one round trip instead of five.
  const runPool = openPool(url, RUN_POOL_SIZE, 'pressroom runs', onError, { pipeline: true })
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: false }),
    transactionOptions: { maxWait: TX_WAIT_MS, timeout: TX_MS },
  })
  const withOrganisation = withOrganisationOn(prisma)
  const reader = createRunReader(runPool, url, { onError })
  const accessChanges = createAccessChanges(url, onError)
  const disconnect = async () => {
    await Promise.all([reader.close(), accessChanges.close(), prisma.$disconnect()])
    await Promise.all([pool.end(), authPool.end(), runPool.end()])
  }
  const seed = async () => options.seed ?? shippedSeed()
  try {
    await seedDatabase(prisma, withOrganisation, await seed())
  } catch (error) {
    await disconnect()
    throw error
  }
  const directory = createDirectory(authPool)
  let closing: Promise<void> | null = null
  return {
    database: { url, adminUrl, embedded: owner.embedded },
    pool,
    authPool,
    prisma,
    withOrganisation,
    directory,
    audit: createAuditStore(withOrganisation),
    accessChanges,
    owners: createFlowOwners(runPool),
    members: createMemberStore(withOrganisation),
    roles: createRoleStore(withOrganisation),
    teams: createTeamStore(withOrganisation),
    serviceAccounts: createServiceAccountStore(withOrganisation),
    keys: createKeyStore(withOrganisation),
    budgets: createBudgetStore(withOrganisation),
    connections: createConnectionStore(withOrganisation),
    models: createModelStore(withOrganisation),
    prices: createPriceStore(withOrganisation),
    organisations: createOrganisationStore(prisma, withOrganisation, seed),
    people: createPeopleStore(prisma, withOrganisation, directory),
    invitations: createInvitationStore(withOrganisation),
    signOn: createSignOnStore(prisma, withOrganisation),
    resetLinks: createResetLinks(prisma, withOrganisation, directory),
    catalogs: createCatalogStore(runPool),
    flows: createFlowStore(withOrganisation),
    flowsToRun: createFlowsToRun(runPool),
    drafts: createDraftStore(withOrganisation),
    runs: createRunStore(runPool),
    retention: createRetention(pool),
    reader,
    triggers: createTriggerStore(withOrganisation),
    triggerCalls: createTriggerCalls(runPool),
    childRuns: createChildRuns(runPool),
    approvals: createApprovalStore(runPool),
    notices: createNoticeStore(withOrganisation),
    noticeOutbox: createNoticeOutbox(pool),
    ping: async () =>
      void (await pool.query('SELECT 1').catch((error) => Promise.reject(storeFailure(error)))),
    close: () => (closing ??= disconnect().then(owner.closeDatabase)),
  }
}

function openPool(
  url: string,
  max: number,
  name: string,
  onError: (error: Error) => void,
  more: pg.PoolConfig = {},
): pg.Pool {
  const common = { connectionString: url, max, application_name: name, idleTimeoutMillis: 30_000 }
  const pool = new pg.Pool({ ...common, ...more })
  pool.on('error', onError)
  return pool
}
