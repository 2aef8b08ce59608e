import type { ConnectionSettings } from '#graph'
import type { Acting } from '../audit.ts'

export interface ConnectionSummary extends ConnectionSettings {
  id: string
  secret: { id: string; name: string } | null
  updatedAt: string
  /** Names of model configurations and flows that would miss it. */
  usedBy: string[]
}

/** With whose key it is used; `version` changes with anything that matters to whoever uses it. */
export interface StoredConnection extends ConnectionSettings {
  id: string
  secretId: string | null
  version: string
}

export interface ConnectionStore {
  /** In the order of their names. */
  list(organisationId: string): Promise<ConnectionSummary[]>
  /** Null where there is none. */
  get(organisationId: string, id: string): Promise<StoredConnection | null>
  /** `conflict.connection_name` where another has the name. */
  create(
    acting: Acting,
    connection: ConnectionSettings & { id: string; secretId: string | null },
  ): Promise<{ id: string }>
  /** What it leads to decides where its models count; false where there is none. */
  update(
    acting: Acting,
    connection: Omit<ConnectionSettings, 'kind'> & { id: string; secretId: string | null },
  ): Promise<boolean>
  /** `conflict.connection_in_use` where something would miss it; false where there is none. */
  remove(acting: Acting, id: string): Promise<boolean>
}
