import type { Acting } from '../audit.ts'
import type { Granting } from '../granting.ts'
import type { Permission } from '../permissions.ts'
import type { Role } from '../roles.ts'

export interface RoleSummary extends Role {
  /** Those that every organisation has can't be changed. */
  builtIn: boolean
  members: number
  serviceAccounts: number
}

export interface RoleDraft {
  name: string
  summary: string
  permissions: Permission[]
}

export interface RoleStore {
  /** The built-in ones first. */
  list(organisationId: string): Promise<RoleSummary[]>
  create(acting: Acting, by: Granting, role: RoleDraft): Promise<RoleSummary>
  /** Null where there is no such role. */
  update(acting: Acting, by: Granting, id: string, role: RoleDraft): Promise<RoleSummary | null>
  /**
   * Whoever has it gets `replacement`; without one it is refused with `conflict.role_in_use` while anybody has it, is
   * invited to it, or would get it at their first sign-on. False where there is no such role.
   */
  remove(acting: Acting, by: Granting, role: { id: string; replacement: string | null }): Promise<boolean>
}
