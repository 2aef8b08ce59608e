import type { Acting } from '../audit.ts'
import type { Granting } from '../granting.ts'

export interface MemberSummary {
  id: string
  userId: string
  name: string
  email: string
  role: string
  roleName: string
  teams: { id: string; name: string }[]
  twoFactor: boolean
  joinedAt: string
  lastSignInAt: string | null
}

export interface MemberStore {
  /** In the order of their names. */
  list(organisationId: string): Promise<MemberSummary[]>
  /** Null where there is no such member. The last owner stays one: `conflict.last_owner`. */
  setRole(acting: Acting, by: Granting, change: { id: string; role: string }): Promise<MemberSummary | null>
  /** With their teams and keys. False where there is no such member. */
  remove(acting: Acting, by: Granting, id: string): Promise<boolean>
}
