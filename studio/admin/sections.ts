import type { Permission } from '#access'

export interface Section {
  path: string
  name: string
  /** To see it. */
  needs: Permission
  /** To change something there, where that is more than to see it. */
  manages?: Permission
}

export const SECTIONS: readonly Section[] = [
  { path: '/admin/members', name: 'Members', needs: 'member:read', manages: 'member:manage' },
  { path: '/admin/invitations', name: 'Invitations', needs: 'member:manage' },
  { path: '/admin/teams', name: 'Teams', needs: 'member:read', manages: 'team:manage' },
  { path: '/admin/roles', name: 'Roles', needs: 'member:read', manages: 'role:manage' },
  { path: '/admin/keys', name: 'API keys', needs: 'key:manage' },
  { path: '/admin/models', name: 'Models', needs: 'catalog:read', manages: 'model:manage' },
  { path: '/admin/connections', name: 'Connections', needs: 'connection:manage' },
  { path: '/admin/secrets', name: 'Secrets', needs: 'secret:write' },
  { path: '/admin/sign-on', name: 'Sign-on', needs: 'sign-on:manage' },
  { path: '/admin/notices', name: 'Notices', needs: 'connection:manage' },
  { path: '/admin/budgets', name: 'Budgets', needs: 'budget:manage' },
  { path: '/admin/audit', name: 'Audit log', needs: 'audit:read' },
  { path: '/admin/organisation', name: 'Organisation', needs: 'member:read', manages: 'organisation:manage' },
]

type Permissions = ReadonlySet<Permission>

export const visibleSections = (permissions: Permissions): Section[] =>
  SECTIONS.filter(({ needs }) => permissions.has(needs))

/** Whether there is anything to look after: only then does the navigation lead here. */
export const administers = (permissions: Permissions): boolean =>
  SECTIONS.some(({ needs, manages = needs }) => permissions.has(manages))
