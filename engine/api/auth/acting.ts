import type { Acting, Principal } from '#access'

/** Who acts and from where, for the audit log. */
export const actingOf = ({
  principal,
  from,
  requestId,
}: {
  principal: Principal
  from: string | null
  requestId: string
}): Acting => ({
  organisationId: principal.organisation.id,
  actor:
    principal.keyId === null
      ? { kind: 'person', id: principal.id, name: principal.name }
      : { kind: 'key', id: principal.keyId, name: principal.name },
  from,
  requestId,
})
