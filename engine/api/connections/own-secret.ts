import type { Acting, Secrets } from '#access'

/** The secret that was made for a connection, and goes with it, by its name. */
const mark = (connectionId: string) => `(${connectionId.slice(0, 8)})`

export function storeOwnSecret(
  secrets: Secrets,
  acting: Acting,
  connection: { id: string; name: string },
  value: string,
): Promise<{ id: string }> {
  return secrets.create(acting, { name: `Connection ${connection.name} ${mark(connection.id)}`, value })
}

export async function isOwnSecret(
  secrets: Secrets,
  { organisationId }: Acting,
  connectionId: string,
  secretId: string | null,
): Promise<boolean> {
  if (secretId === null) return false
  const found = (await secrets.list(organisationId)).find(({ id }) => id === secretId)
  return found !== undefined && found.name.endsWith(mark(connectionId))
}
