import type { ConnectionStore, Secrets, StoredConnection } from '#access'
import { PressroomError, kindOfConnection } from '#graph'
import type { Connector, ModelProvider, OpenConnection } from '#run/interfaces.ts'

export interface ConnectedModels {
  /** The way to models that a connection is. Rejects with `model.no_connection` where it is gone or leads to none. */
  provider(organisationId: string, connectionId: string): Promise<ModelProvider>
  open(organisationId: string, connection: StoredConnection): Promise<OpenConnection>
  close(): Promise<void>
}

type Held = { version: string; provider: ModelProvider & { close(): Promise<void> } }

/** Of so many connections the sockets are kept; an older one lets go of its own when nothing is sent any more. */
const HELD = 200

export function createConnectedModels(
  connections: Pick<ConnectionStore, 'get'>,
  secrets: Pick<Secrets, 'open'>,
  connector: Pick<Connector, 'provider'>,
): ConnectedModels {
  const held = new Map<string, Held>()

  async function open(organisationId: string, connection: StoredConnection): Promise<OpenConnection> {
    const { secretId } = connection
    return { ...connection, key: secretId === null ? null : await secrets.open(organisationId, secretId) }
  }

  return {
    open,
    async provider(organisationId, connectionId) {
      const connection = await connections.get(organisationId, connectionId)
      if (!connection || !kindOfConnection(connection.kind).models) throw gone(connectionId)
      const key = `${organisationId}/${connectionId}`
      const last = held.get(key)
      if (last?.version === connection.version) return last.provider
      const provider = connector.provider(await open(organisationId, connection))
      held.delete(key)
      held.set(key, { version: connection.version, provider })
      const oldest = held.keys().next()
      if (held.size > HELD && !oldest.done) held.delete(oldest.value)
      return provider
    },
    async close() {
      await Promise.all([...held.values()].map(({ provider }) => provider.close()))
    },
  }
}

const gone = (id: string) =>
  new PressroomError({
    code: 'model.no_connection',
    message: 'The connection that this model is reached by is not there any more.',
    fix: 'Choose another model, or give this one another connection.',
    facts: { connection: id },
  })
