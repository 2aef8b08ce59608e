import type { ModelConfiguration } from '#graph'
import type { Acting } from '../audit.ts'

/** What an admin decides of a model configuration that reaches its model by a connection. */
export interface ModelChoice {
  connection: string
  model: string
  label: string
  temperature: number
  maxOutputTokens: number
}

export interface ModelStore {
  create(acting: Acting, choice: ModelChoice): Promise<ModelConfiguration>
  /** Null where there is none. */
  update(acting: Acting, choice: ModelChoice & { id: string }): Promise<ModelConfiguration | null>
  /** Those that Pressroom ships stay: `conflict.model_shipped`. False where there is none. */
  remove(acting: Acting, id: string): Promise<boolean>
  /**
   * What writes wherever nobody chose a model, for every agent: a configuration that was made, or what answers best.
   * False where there is no such configuration.
   */
  setUsual(acting: Acting, id: string | null): Promise<boolean>
}

/** Millionths of a US dollar per million tokens. `pattern`: the name of a model, `*` for any run of characters. */
export interface ModelPrice {
  pattern: string
  inputMicros: number
  outputMicros: number
}

export interface PriceStore {
  /** In the order in which they are looked through. */
  list(organisationId: string): Promise<ModelPrice[]>
  /** All of them at once. */
  set(acting: Acting, prices: ModelPrice[]): Promise<ModelPrice[]>
}
