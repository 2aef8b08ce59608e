import { changePassword } from './account/change-password.ts'
import { endOtherSessions } from './account/end-other-sessions.ts'
import { endSession } from './account/end-session.ts'
import { get as getAccount } from './account/get.ts'
import { lookAtReset } from './account/look-at-reset.ts'
import { rename as renameAccount } from './account/rename.ts'
import { resetPassword } from './account/reset-password.ts'
import { sessions } from './account/sessions.ts'
import { concurrency } from './budgets/concurrency.ts'
import { get as getBudget } from './budgets/get.ts'
import { setConcurrency } from './budgets/set-concurrency.ts'
import { set as setBudget } from './budgets/set.ts'
import { usage } from './budgets/usage.ts'
import { decide as decideApproval } from './approvals/decide.ts'
import { delegate } from './approvals/delegate.ts'
import { get as getApproval } from './approvals/get.ts'
import { list as listApprovals } from './approvals/list.ts'
import { agents } from './catalog/agents.ts'
import { contentTypes } from './catalog/content-types.ts'
import { create as createConnection } from './connections/create.ts'
import { list as listConnections } from './connections/list.ts'
import { remove as removeConnection } from './connections/remove.ts'
import { test as testConnection } from './connections/test.ts'
import { update as updateConnection } from './connections/update.ts'
import { point } from './drafts/point.ts'
import { points } from './drafts/points.ts'
import { restore as restoreDraft } from './drafts/restore.ts'
import { list as listAudit } from './audit/list.ts'
import { verify as verifyAudit } from './audit/verify.ts'
import { assign } from './flows/assign.ts'
import { callable } from './flows/callable.ts'
import { check } from './flows/check.ts'
import { create as createFlow } from './flows/create.ts'
import { fromTemplate } from './flows/from-template.ts'
import { get as getFlow } from './flows/get.ts'
import { importFlow } from './flows/import.ts'
import { list as listFlows } from './flows/list.ts'
import { publish } from './flows/publish.ts'
import { remove } from './flows/remove.ts'
import { restore as restoreFlow } from './flows/restore.ts'
import { rollBack } from './flows/roll-back.ts'
import { validate } from './flows/validate.ts'
import { version } from './flows/version.ts'
import { versions } from './flows/versions.ts'
import { accept } from './invitations/accept.ts'
import { create as createInvitation } from './invitations/create.ts'
import { list as listInvitations } from './invitations/list.ts'
import { look } from './invitations/look.ts'
import { renew } from './invitations/renew.ts'
import { revoke as revokeInvitation } from './invitations/revoke.ts'
import { create as createKey } from './keys/create.ts'
import { list as listKeys } from './keys/list.ts'
import { revoke as revokeKey } from './keys/revoke.ts'
import { list as listMembers } from './members/list.ts'
import { remove as removeMember } from './members/remove.ts'
import { resetLink } from './members/reset-link.ts'
import { setRole } from './members/set-role.ts'
import { create as createModel } from './models/create.ts'
import { discover } from './models/discover.ts'
import { list as listModels } from './models/list.ts'
import { offered as offeredModels } from './models/offered.ts'
import { pull } from './models/pull.ts'
import { remove as removeModel } from './models/remove.ts'
import { setUsual } from './models/set-usual.ts'
import { test as testModel } from './models/test.ts'
import { update as updateModel } from './models/update.ts'
import { list as listNodes } from './nodes/list.ts'
import { get as getOrganisation } from './organisation/get.ts'
import { keep } from './organisation/keep.ts'
import { mine } from './organisation/mine.ts'
import { rename as renameOrganisation } from './organisation/rename.ts'
import { switchTo } from './organisation/switch.ts'
import { list as listPrices } from './prices/list.ts'
import { set as setPrices } from './prices/set.ts'
import { create as createRole } from './roles/create.ts'
import { list as listRoles } from './roles/list.ts'
import { remove as removeRole } from './roles/remove.ts'
import { update as updateRole } from './roles/update.ts'
import { cancel } from './runs/cancel.ts'
import { children } from './runs/children.ts'
import { decide } from './runs/decide.ts'
import { events } from './runs/events.ts'
import { get as getRun } from './runs/get.ts'
import { graph } from './runs/graph.ts'
import { inputs } from './runs/inputs.ts'
import { list as listRuns } from './runs/list.ts'
import { outputs } from './runs/outputs.ts'
import { pause } from './runs/pause.ts'
import { plan } from './runs/plan.ts'
import { record } from './runs/record.ts'
import { rerunFrom } from './runs/rerun-from.ts'
import { retry } from './runs/retry.ts'
import { resume } from './runs/resume.ts'
import { sources } from './runs/sources.ts'
import { start } from './runs/start.ts'
import { waits } from './runs/waits.ts'
import { create as createSecret } from './secrets/create.ts'
import { list as listSecrets } from './secrets/list.ts'
import { remove as removeSecret } from './secrets/remove.ts'
import { replace as replaceSecret } from './secrets/replace.ts'
import { create as createServiceAccount } from './service-accounts/create.ts'
import { list as listServiceAccounts } from './service-accounts/list.ts'
import { remove as removeServiceAccount } from './service-accounts/remove.ts'
import { setDisabled } from './service-accounts/set-disabled.ts'
import { follow } from './session/follow.ts'
import { get as getSession } from './session/get.ts'
import { create } from './setup/create.ts'
import { status } from './setup/status.ts'
import { create as createSignOn } from './sign-on/create.ts'
import { list as listSignOn } from './sign-on/list.ts'
import { offered } from './sign-on/offered.ts'
import { remove as removeSignOn } from './sign-on/remove.ts'
import { requireTwoFactor } from './sign-on/require-two-factor.ts'
import { test as testSignOn } from './sign-on/test.ts'
import { update as updateSignOn } from './sign-on/update.ts'
import { create as createTeam } from './teams/create.ts'
import { list as listTeams } from './teams/list.ts'
import { remove as removeTeam } from './teams/remove.ts'
import { rename as renameTeam } from './teams/rename.ts'
import { setMembers } from './teams/set-members.ts'
import { get as getTemplate } from './templates/get.ts'
import { list as listTemplates } from './templates/list.ts'
import { calls as triggerCalls } from './triggers/calls.ts'
import { create as createTrigger } from './triggers/create.ts'
import { list as listTriggers } from './triggers/list.ts'
import { remove as removeTrigger } from './triggers/remove.ts'
import { renew as renewTrigger } from './triggers/renew.ts'
import { setEnabled } from './triggers/set-enabled.ts'
import { tryNow } from './triggers/try.ts'
import { update as updateTrigger } from './triggers/update.ts'
import { get as getNotices } from './notices/get.ts'
import { setMail } from './notices/set-mail.ts'
import { setWebhook } from './notices/set-webhook.ts'
import { test as testNotices } from './notices/test.ts'
import { setMailNotices } from './account/set-mail-notices.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  setup: router({ status, create }),
  session: router({ get: getSession, follow }),
  templates: router({ list: listTemplates, get: getTemplate }),
  catalog: router({ contentTypes, agents }),
  models: router({
    list: listModels,
    pull,
    create: createModel,
    update: updateModel,
    remove: removeModel,
    setUsual,
    offered: offeredModels,
    discover,
    test: testModel,
  }),
  connections: router({
    list: listConnections,
    create: createConnection,
    update: updateConnection,
    remove: removeConnection,
    test: testConnection,
  }),
  prices: router({ list: listPrices, set: setPrices }),
  nodes: router({ list: listNodes }),
  flows: router({
    list: listFlows,
    get: getFlow,
    create: createFlow,
    fromTemplate,
    check,
    import: importFlow,
    validate,
    publish,
    versions,
    version,
    rollBack,
    remove,
    restore: restoreFlow,
    assign,
    callable,
  }),
  drafts: router({ points, point, restore: restoreDraft }),
  runs: router({
    plan,
    start,
    retry,
    rerunFrom,
    list: listRuns,
    get: getRun,
    record,
    inputs,
    outputs,
    sources,
    graph,
    waits,
    children,
    pause,
    resume,
    decide,
    cancel,
    events,
  }),
  approvals: router({ list: listApprovals, get: getApproval, decide: decideApproval, delegate }),
  triggers: router({
    list: listTriggers,
    create: createTrigger,
    update: updateTrigger,
    setEnabled,
    renew: renewTrigger,
    remove: removeTrigger,
    calls: triggerCalls,
    try: tryNow,
  }),
  secrets: router({ list: listSecrets, create: createSecret, replace: replaceSecret, remove: removeSecret }),
  audit: router({ list: listAudit, verify: verifyAudit }),
  notices: router({ get: getNotices, setWebhook, setMail, test: testNotices }),
  organisation: router({ get: getOrganisation, rename: renameOrganisation, keep, mine, switch: switchTo }),
  budgets: router({ get: getBudget, set: setBudget, usage, concurrency, setConcurrency }),
  signOn: router({
    offered,
    list: listSignOn,
    create: createSignOn,
    update: updateSignOn,
    remove: removeSignOn,
    test: testSignOn,
    requireTwoFactor,
  }),
  account: router({
    get: getAccount,
    rename: renameAccount,
    changePassword,
    sessions,
    endSession,
    endOtherSessions,
    lookAtReset,
    resetPassword,
    setMailNotices,
  }),
  invitations: router({
    list: listInvitations,
    create: createInvitation,
    renew,
    revoke: revokeInvitation,
    look,
    accept,
  }),
  members: router({ list: listMembers, setRole, remove: removeMember, resetLink }),
  roles: router({ list: listRoles, create: createRole, update: updateRole, remove: removeRole }),
  teams: router({ list: listTeams, create: createTeam, rename: renameTeam, remove: removeTeam, setMembers }),
  serviceAccounts: router({
    list: listServiceAccounts,
    create: createServiceAccount,
    setDisabled,
    remove: removeServiceAccount,
  }),
  keys: router({ list: listKeys, create: createKey, revoke: revokeKey }),
})

export type AppRouter = typeof appRouter
