import type {
  AuditLog,
  KeyRotation,
  KeyStore,
  OrganisationStore,
  PeopleStore,
  ServiceAccountStore,
} from '#access'
import type { ModelStatus, PiiTools } from '#gateway'
import type { FlowStore, PullProgress, RunControl, RunReader, RunService } from '#run/interfaces.ts'
import type { PluginOutcome, PluginTrial } from '#run/interfaces.ts'
import type { Config } from '../config.ts'

/** From now on SIGINT and SIGTERM call this handler. */
export type TakeSignals = (handler: () => void) => void

/** What commands work with. Each part is opened when a command first asks for it, and all are closed at the end. */
export interface Pressroom {
  config: Config
  /** Database only: enough to read. */
  openStore(): Promise<{ organisationId: string; reader: RunReader }>
  /** Says what runs are to do; whatever server there is does it. */
  openControl(): Promise<{ organisationId: string; reader: RunReader; control: RunControl }>
  /** What an operator may do to organisations and people; beside a running server too. */
  openAdministration(): Promise<Administration>
  /** Everything that runs flows, with a worker in this process. */
  openEngine(): Promise<Engine>
  /** Runs until a signal arrives. */
  serve(takeSignals: TakeSignals): Promise<void>
  diagnose(): Promise<Diagnosis[]>
  models: ModelCommands
  plugins: { run(trial: Omit<PluginTrial, 'host'>): Promise<PluginOutcome> }
  /** Needs no database. */
  pii: { tools: PiiTools; vaultFile: string }
  close(): Promise<void>
}

export interface Administration {
  organisations: OrganisationStore
  people: PeopleStore
  serviceAccounts: ServiceAccountStore
  keys: KeyStore
  audit: AuditLog
  keyRotation: KeyRotation
  hashPassword(password: string): Promise<string>
  passwordCharacters: { min: number; max: number }
  /** Null once there is an owner. */
  firstSetupCode(): Promise<string | null>
  newKey(): { key: string; hash: string; start: string }
}

export interface Engine {
  organisationId: string
  reader: RunReader
  flows: FlowStore
  runs: RunService
}

export interface ModelCommands {
  status(): Promise<ModelStatus[]>
  /** Downloads a model into Ollama. */
  pull(model: string, onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>
}

/** One thing that `doctor` looked at. `fix` is null when there is nothing to do. */
export interface Diagnosis {
  what: string
  state: 'ok' | 'missing' | 'broken'
  message: string
  fix: string | null
}

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, interrupted: 130 } as const
