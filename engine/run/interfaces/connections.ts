/** Ways to other systems that an organisation set up. */
import type { ConnectionSettings } from '#graph'
import type { ModelProvider, ProviderModel } from '../interfaces.ts'

/** With its key, for whoever speaks to it. */
export interface OpenConnection extends ConnectionSettings {
  key: string | null
}

export interface ConnectionVerdict {
  ok: boolean
  message: string
  /** What to do about it; null when there is nothing to do. */
  fix: string | null
  models: ProviderModel[]
}

/** A model server that was found on this machine without being set up. */
export interface FoundServer {
  name: string
  kind: 'ollama' | 'openai-compatible'
  baseUrl: string
  models: ProviderModel[]
}

/** What connectors do for connections. Implemented in `engine/connectors`. */
export interface Connector {
  /** Of a kind whose `models` is true. */
  provider(connection: OpenConnection): ModelProvider & { close(): Promise<void> }
  /** Never rejects: what is wrong is the verdict. */
  test(connection: OpenConnection): Promise<ConnectionVerdict>
  discover(): Promise<FoundServer[]>
}
