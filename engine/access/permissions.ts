/** What can be allowed, by name. The text is what people read in the matrix of roles and in `docs/permissions.md`. */
export const PERMISSIONS = {
  'flow:read': 'See flows, templates, nodes and the history of drafts',
  'flow:write': 'Make, import and edit flows',
  'flow:publish': 'Publish a flow, or take a published version back',
  'flow:remove': 'Remove flows and bring them back',
  'flow:assign': 'Say which team a flow belongs to',
  'run:read': 'See runs, their drafts, scores and costs',
  'run:start': 'Plan and start runs',
  'run:cancel': 'Pause, resume and cancel runs',
  'approval:decide': 'Approve, edit or send back what waits for a decision',
  'catalog:read': 'See content types, agents and models',
  'model:manage': 'Set up, try and download models',
  'connection:use': 'Use connections in flows',
  'connection:manage': 'Set up connections to other systems',
  'secret:write': 'Store and replace secrets; nobody can read one back',
  'policy:manage': 'Decide which data may go to which model',
  'plugin:install': 'Install, update and remove plugins',
  'code:write': 'Write code nodes',
  'budget:manage': 'Set budgets and limits',
  'member:read': 'See who belongs to the organisation, and its teams and roles',
  'member:manage': 'Invite people, change their roles and remove them',
  'team:manage': 'Make teams and say who is in them; see the flows of every team',
  'role:manage': 'Make and change custom roles',
  'key:manage': 'Make and revoke API keys and service accounts',
  'sign-on:manage': 'Set up single sign-on and require two-factor sign-in',
  'audit:read': 'Read and export the audit log',
  'organisation:manage': 'Rename the organisation, and make somebody an owner',
} as const

export type Permission = keyof typeof PERMISSIONS
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[]

export const isPermission = (name: string): name is Permission => Object.hasOwn(PERMISSIONS, name)
