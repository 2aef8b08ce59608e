import type { Acting, Principal } from '#access'

interface Asked {
  principal: Principal
  from: string
  requestId: string
}

/** Who acts in this request, for the audit log. A key's acts are its holder's, and say which key it was. */
export function actingOf({ principal, from, requestId }: Asked): Acting {
  const { kind, id, name, keyId, organisation } = principal
  const actor = { kind, id, name, ...(keyId === null ? {} : { keyId }) }
  return { organisationId: organisation.id, actor, from, requestId }
}
