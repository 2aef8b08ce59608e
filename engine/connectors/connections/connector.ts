import { failureOf, kindOfConnection } from '#graph'
import type { ConnectionVerdict, Connector, ModelProvider, OpenConnection } from '#run/interfaces.ts'
import { anthropic } from '../models/anthropic.ts'
import { google } from '../models/google.ts'
import { createHostedProvider } from '../models/hosted.ts'
import { openAiCompatible } from '../models/openai-compatible.ts'
import type { MayReach } from '../models/transport.ts'
import { createOllamaProvider } from '../ollama.ts'
import { discover } from './discover.ts'
import { greeting } from './mail-greeting.ts'
import { probe } from './probe.ts'

const PROTOCOLS = { 'openai-compatible': openAiCompatible, anthropic, google }
const TEST_MS = 10_000

export interface ConnectorOptions {
  /** Whether an address may be connected to, by a connection that may reach private ones or by one that may not. */
  mayReach(address: string, reachesPrivate: boolean): boolean
}

export function createConnector(options: ConnectorOptions): Connector {
  const reachOf =
    ({ reachesPrivate }: OpenConnection): MayReach =>
    (address) =>
      options.mayReach(address, reachesPrivate)

  function provider(connection: OpenConnection): ModelProvider & { close(): Promise<void> } {
    const { kind, baseUrl, key, destination, settings } = connection
    const common = { baseUrl, local: destination === 'internal', mayReach: reachOf(connection) }
    if (kind === 'ollama') {
      const { keepAlive } = settings
      return createOllamaProvider({ ...common, ...(typeof keepAlive === 'string' ? { keepAlive } : {}) })
    }
    if (kind !== 'openai-compatible' && kind !== 'anthropic' && kind !== 'google')
      throw new Error(`${kind} connections lead to no models`)
    const { contextTokens } = settings
    return createHostedProvider(PROTOCOLS[kind], {
      ...common,
      key,
      ...(typeof contextTokens === 'number' ? { contextTokens } : {}),
    })
  }

  async function testModels(connection: OpenConnection): Promise<ConnectionVerdict> {
    const made = provider(connection)
    try {
      const models = await made.list(AbortSignal.timeout(TEST_MS))
      const count = models.length === 1 ? '1 model' : `${models.length} models`
      return models.length > 0
        ? { ok: true, message: `It answers and has ${count}.`, fix: null, models }
        : {
            ok: true,
            message: 'It answers but has no model that can write.',
            fix: 'Install or load one there.',
            models,
          }
    } finally {
      await made.close()
    }
  }

  async function test(connection: OpenConnection): Promise<ConnectionVerdict> {
    try {
      if (kindOfConnection(connection.kind).models) return await testModels(connection)
      const signal = AbortSignal.timeout(TEST_MS)
      const message =
        connection.kind === 'smtp'
          ? await greeting(connection, reachOf(connection), signal)
          : await probe(connection, reachOf(connection), signal)
      return { ok: true, message, fix: null, models: [] }
    } catch (error) {
      const { message, fix } = failureOf(error)
      return { ok: false, message, fix, models: [] }
    }
  }

  return { provider, test, discover }
}
