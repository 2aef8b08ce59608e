import { type KeyHolder, type Principal, may } from '#access'

export const holderOf = ({ memberId, id }: Principal): KeyHolder =>
  memberId === null ? { serviceAccountId: id } : { memberId }

/** Whose keys somebody may look after: null for everybody's. */
export const lookedAfterBy = (principal: Principal): KeyHolder | null =>
  may(principal, 'key:manage') ? null : holderOf(principal)
