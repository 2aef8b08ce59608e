/**
 * The services as one principal has them: flows that it does not reach, and all that is theirs (versions, drafts, runs),
 * are not there. Every procedure gets its services through here, so none has to remember it.
 *
 * - W1 Method by method and never spread: one that a store gains later is a type error until somebody decides here.
 * - W2 What is not reached answers as what never was. Lists leave it out.
 * - W3 Asked once per request and flow or run; streams ask again through their admission (`admission.ts`).
 */
import { type OwnedFlow, type Principal, type TriggerStore, reaches, reachesAll } from '#access'
import { PressroomError, type Trial } from '#graph'
import type { DraftStore, FlowStore, RunControl, RunReader, RunService, RunTarget } from '#run/interfaces.ts'
import type { Services } from '../deps.ts'
import { notFound } from '../errors.ts'

/** Whether something is reached, by its id. */
type Reached = (id: string) => Promise<boolean>

export function withinReach(services: Services, principal: Principal): Services {
  if (reachesAll(principal)) return services
  const { stores, runService, approvals } = services
  const organisationId = principal.organisation.id
  const asking = (owner: (organisationId: string, id: string) => Promise<OwnedFlow | null>): Reached =>
    remembering(async (id) => {
      const flow = await owner(organisationId, id)
      return flow !== null && reaches(principal, flow)
    })
  const flow = asking(stores.owners.ofFlow)
  const exists: Reached = async (id) => (await stores.owners.ofFlow(organisationId, id)) !== null
  const version = asking(stores.owners.ofVersion)
  const run = asking(stores.owners.ofRun)
  return {
    ...services,
    stores: {
      ...stores,
      flows: flowsWithin(stores.flows, principal, flow, version),
      drafts: draftsWithin(stores.drafts, flow),
      reader: runsWithin(stores.reader, principal, { flow, run }),
      triggers: triggersWithin(stores.triggers, flow),
    },
    approvals: approvalsWithin(approvals, principal, run),
    runService: runServiceWithin(runService, principal, { flow, exists, run }),
  }
}

function remembering(ask: Reached): Reached {
  const answers = new Map<string, Promise<boolean>>()
  return (id) => {
    const answer = answers.get(id) ?? ask(id)
    answers.set(id, answer)
    return answer
  }
}

function flowsWithin(flows: FlowStore, principal: Principal, reached: Reached, version: Reached): FlowStore {
  return {
    list: async (organisationId) =>
      (await flows.list(organisationId)).filter((found) => reaches(principal, found)),
    async get(organisationId, idOrSlug) {
      const found = await flows.get(organisationId, idOrSlug)
      return found && reaches(principal, found) ? found : null
    },
    async fromTemplate(organisationId, template) {
      refuseNewFlows(principal)
      const found = await flows.fromTemplate(organisationId, template)
      if (!reaches(principal, found)) throw notFound('template', template.id)
      return found
    },
    async create(...flow) {
      refuseNewFlows(principal)
      return flows.create(...flow)
    },
    remove: async (organisationId, id) => (await reached(id)) && flows.remove(organisationId, id),
    restore: async (organisationId, id) => ((await reached(id)) ? flows.restore(organisationId, id) : null),
    versions: async (organisationId, id) => ((await reached(id)) ? flows.versions(organisationId, id) : null),
    async publish(organisationId, id, message, by) {
      if (!(await reached(id))) throw notFound('flow', id)
      return flows.publish(organisationId, id, message, by)
    },
    version: async (organisationId, id) => ((await version(id)) ? flows.version(organisationId, id) : null),
  }
}

const draftsWithin = (drafts: DraftStore, reached: Reached): DraftStore => ({
  open: async (organisationId, id, first) =>
    (await reached(id)) ? drafts.open(organisationId, id, first) : null,
  has: async (organisationId, id) => (await reached(id)) && drafts.has(organisationId, id),
  async save(organisationId, id, draft) {
    if (!(await reached(id))) throw notFound('flow', id)
    return drafts.save(organisationId, id, draft)
  },
  points: async (organisationId, id) => ((await reached(id)) ? drafts.points(organisationId, id) : null),
  point: async (organisationId, id, number) =>
    (await reached(id)) ? drafts.point(organisationId, id, number) : null,
})

const runsWithin = (
  reader: RunReader,
  principal: Principal,
  { flow, run: reached }: Record<'flow' | 'run', Reached>,
): RunReader => ({
  list: (organisationId, page) => reader.list(organisationId, { ...page, reach: principal }),
  document: async (organisationId, id) => ((await reached(id)) ? reader.document(organisationId, id) : null),
  record: async (organisationId, id) => ((await reached(id)) ? reader.record(organisationId, id) : null),
  flow: async (organisationId, id) => ((await reached(id)) ? reader.flow(organisationId, id) : null),
  events: async (organisationId, id, after, limit) =>
    (await reached(id)) ? reader.events(organisationId, id, after, limit) : null,
  outputs: async (organisationId, id, of) =>
    (await reached(id)) ? reader.outputs(organisationId, id, of) : null,
  sources: async (organisationId, id, ports, limit) =>
    (await flow(id)) ? reader.sources(organisationId, id, ports, limit) : [],
  children: async (organisationId, id) => ((await reached(id)) ? reader.children(organisationId, id) : null),
  waits: async (organisationId, id) => ((await reached(id)) ? reader.waits(organisationId, id) : null),
  streams: async (organisationId, id) => ((await reached(id)) ? reader.streams(organisationId, id) : []),
  // Says only that something happened.
  watch: (id, onChange) => reader.watch(id, onChange),
})

const approvalsWithin = (
  approvals: Services['approvals'],
  principal: Principal,
  reached: Reached,
): Services['approvals'] => {
  const get: Services['approvals']['get'] = async (organisationId, id, userId) => {
    const found = await approvals.get(organisationId, id, userId)
    return found && (await reached(found.runId)) ? found : null
  }
  return {
    list: (organisationId, asked) => approvals.list(organisationId, { ...asked, reach: principal }),
    get,
    evaluations: async (organisationId, approval) =>
      (await reached(approval.runId)) ? approvals.evaluations(organisationId, approval) : [],
    decide: async (acting, id, by, wish) =>
      (await get(acting.organisationId, id, by.id)) ? approvals.decide(acting, id, by, wish) : null,
  }
}

const triggersWithin = (triggers: TriggerStore, reached: Reached): TriggerStore => ({
  list: async (organisationId, flowId) =>
    (await reached(flowId)) ? triggers.list(organisationId, flowId) : [],
  get: async (organisationId, flowId, id) =>
    (await reached(flowId)) ? triggers.get(organisationId, flowId, id) : null,
  async create(acting, trigger, next) {
    if (!(await reached(trigger.flowId))) throw notFound('flow', trigger.flowId)
    return triggers.create(acting, trigger, next)
  },
  update: async (acting, trigger, next) =>
    (await reached(trigger.flowId)) ? triggers.update(acting, trigger, next) : null,
  setEnabled: async (acting, trigger, next) =>
    (await reached(trigger.flowId)) ? triggers.setEnabled(acting, trigger, next) : null,
  setPath: async (acting, trigger) =>
    (await reached(trigger.flowId)) ? triggers.setPath(acting, trigger) : null,
  remove: async (acting, trigger) =>
    (await reached(trigger.flowId)) ? triggers.remove(acting, trigger) : null,
  calls: async (organisationId, flowId, id, limit) =>
    (await reached(flowId)) ? triggers.calls(organisationId, flowId, id, limit) : null,
})

function runServiceWithin(
  runs: RunService,
  principal: Principal,
  { flow, exists, run }: Record<'flow' | 'exists' | 'run', Reached>,
): RunService {
  const refuseTarget = async (target: RunTarget) => {
    if ('flowId' in target) {
      if (!(await flow(target.flowId))) throw notFound('flow', target.flowId)
      return
    }
    // A template that nobody has used yet is everybody's, but running it makes a flow of it.
    const unused = principal.flowIds === null && !(await exists(target.template))
    if (!unused && !(await flow(target.template))) throw notFound('template', target.template)
  }
  /** Runs whose outputs a trial takes over. */
  const refuseSources = async (trial: Trial | undefined) => {
    for (const given of trial?.given ?? []) {
      if ('fromRun' in given && !(await run(given.fromRun))) throw notFound('run', given.fromRun)
    }
  }
  const refusing =
    (change: RunControl['cancel']): RunControl['cancel'] =>
    async (organisationId, id, by) => {
      if (!(await run(id))) throw notFound('run', id)
      return change(organisationId, id, by)
    }
  return {
    async callables(organisationId, id) {
      if (!(await flow(id))) throw notFound('flow', id)
      const { flows, ...rest } = await runs.callables(organisationId, id)
      const { flowIds } = principal
      return { ...rest, flows: flows.filter((one) => flowIds === null || flowIds.includes(one.id)) }
    },
    async plan(organisationId, target, input, trial) {
      await refuseTarget(target)
      await refuseSources(trial)
      return runs.plan(organisationId, target, input, trial)
    },
    async start(organisationId, target, input, options) {
      await refuseTarget(target)
      await refuseSources(options?.trial)
      return runs.start(organisationId, target, input, options)
    },
    async retry(organisationId, id, options) {
      if (!(await run(id))) throw notFound('run', id)
      return runs.retry(organisationId, id, options)
    },
    async rerunFrom(organisationId, wish, options) {
      if (!(await run(wish.runId))) throw notFound('run', wish.runId)
      return runs.rerunFrom(organisationId, wish, options)
    },
    async inputs(organisationId, of) {
      if (!(await run(of.runId))) throw notFound('run', of.runId)
      return runs.inputs(organisationId, of)
    },
    cancel: refusing(runs.cancel),
    pause: refusing(runs.pause),
    resume: refusing(runs.resume),
    async decide(organisationId, id, ...what) {
      if (!(await run(id))) throw notFound('run', id)
      return runs.decide(organisationId, id, ...what)
    },
  }
}

function refuseNewFlows({ flowIds }: Principal): void {
  if (flowIds === null) return
  throw new PressroomError({
    code: 'auth.limited_to_flows',
    message: 'This API key is for single flows and can’t make new ones.',
    fix: 'Make the flow with another key, or in the studio, and name it when making the key.',
  })
}
