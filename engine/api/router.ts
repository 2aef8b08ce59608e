import { agents } from './catalog/agents.ts'
import { contentTypes } from './catalog/content-types.ts'
import { point } from './drafts/point.ts'
import { points } from './drafts/points.ts'
import { restore as restoreDraft } from './drafts/restore.ts'
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
import { list as listModels } from './models/list.ts'
import { pull } from './models/pull.ts'
import { list as listNodes } from './nodes/list.ts'
import { cancel } from './runs/cancel.ts'
import { events } from './runs/events.ts'
import { get as getRun } from './runs/get.ts'
import { graph } from './runs/graph.ts'
import { list as listRuns } from './runs/list.ts'
import { outputs } from './runs/outputs.ts'
import { plan } from './runs/plan.ts'
import { record } from './runs/record.ts'
import { sources } from './runs/sources.ts'
import { start } from './runs/start.ts'
import { get as getSession } from './session/get.ts'
import { create } from './setup/create.ts'
import { status } from './setup/status.ts'
import { get as getTemplate } from './templates/get.ts'
import { list as listTemplates } from './templates/list.ts'
import { router } from './trpc.ts'

export const appRouter = router({
  setup: router({ status, create }),
  session: router({ get: getSession }),
  templates: router({ list: listTemplates, get: getTemplate }),
  catalog: router({ contentTypes, agents }),
  models: router({ list: listModels, pull }),
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
  }),
  drafts: router({ points, point, restore: restoreDraft }),
  runs: router({ plan, start, list: listRuns, get: getRun, record, outputs, sources, graph, cancel, events }),
})

export type AppRouter = typeof appRouter
