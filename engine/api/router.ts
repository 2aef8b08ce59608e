import { agents } from './catalog/agents.ts'
import { contentTypes } from './catalog/content-types.ts'
import { fromTemplate } from './flows/from-template.ts'
import { get as getFlow } from './flows/get.ts'
import { list as listFlows } from './flows/list.ts'
import { publish } from './flows/publish.ts'
import { list as listModels } from './models/list.ts'
import { pull } from './models/pull.ts'
import { list as listNodes } from './nodes/list.ts'
import { cancel } from './runs/cancel.ts'
import { events } from './runs/events.ts'
import { get as getRun } from './runs/get.ts'
import { graph } from './runs/graph.ts'
import { list as listRuns } from './runs/list.ts'
import { plan } from './runs/plan.ts'
import { record } from './runs/record.ts'
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
  flows: router({ list: listFlows, get: getFlow, fromTemplate, publish }),
  runs: router({ plan, start, list: listRuns, get: getRun, record, graph, cancel, events }),
})

export type AppRouter = typeof appRouter
