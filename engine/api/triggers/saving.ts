/** What is looked at before a trigger is saved, whoever saves it. */
import { randomUUID } from 'node:crypto'
import type { Principal, RunsAs } from '#access'
import { type Flow, PressroomError, type TriggerSettings, activeFlow, mapInput } from '#graph'
import { nextTime, scheduleBody } from '#run/triggers/times.ts'
import { actingOf } from '../auth/acting.ts'
import { admitted } from '../auth/admitted.ts'
import type { Services } from '../deps.ts'
import { notFound } from '../errors.ts'
import { newSigningSecret } from './address.ts'

export interface Saving {
  services: Services
  principal: Principal
  organisationId: string
  from: string | null
  requestId: string
}

export const takesBrief = (flow: Flow): boolean => activeFlow(flow).nodes.some(({ type }) => type === 'brief')

/** Whoever saves a trigger decides what is run, so it runs as them: they need the right to, now and at every call. */
export function runsAsOf({ memberId, id }: Principal): RunsAs {
  return memberId === null ? { serviceAccountId: id } : { memberId }
}

/** Ids in place of slugs; rejects what could never start a run. */
export async function checked(
  { services, principal, organisationId }: Saving,
  flowId: string,
  settings: TriggerSettings,
): Promise<{ flowId: string; settings: TriggerSettings; runsAs: RunsAs }> {
  const { flows } = services.stores
  const flow = await flows.get(organisationId, flowId)
  if (!flow) throw notFound('flow', flowId)
  admitted(principal, 'run:start')
  const version = flow.published && (await flows.version(organisationId, flow.published.id))
  if (!version) throw notPublished(flow.name)
  refuseUnfit(settings, takesBrief(version.flow))
  const saved = { flowId: flow.id, runsAs: runsAsOf(principal) }
  if (settings.kind !== 'flow') return { ...saved, settings }
  const source = await flows.get(organisationId, settings.sourceFlowId)
  if (!source) throw notFound('flow', settings.sourceFlowId)
  return { ...saved, settings: { ...settings, sourceFlowId: source.id } }
}

function refuseUnfit(settings: TriggerSettings, needsBrief: boolean): void {
  if (settings.kind === 'form') {
    if (!needsBrief) throw unfit('This flow takes no brief, so there is nothing a form could ask.')
    return
  }
  if (needsBrief !== (settings.brief !== null)) {
    throw unfit(
      needsBrief ? 'This flow starts from a brief: say how it is filled.' : 'This flow takes no brief.',
    )
  }
  if (settings.kind !== 'schedule') return
  const next = nextTime(settings, new Date())
  if (!next) throw unfit('This schedule never comes again.')
  // All that a schedule can fill in is known now.
  const { failure } = mapInput(settings.brief, scheduleBody(settings, next))
  if (failure) throw new PressroomError(failure)
}

/** Stores a secret for deliveries that are signed, where there is none yet. */
export async function withSecret<T>(
  saving: Saving,
  { id, name, settings }: { id: string; name: string; settings: TriggerSettings },
  secretId: string | null,
  save: (secretId: string | null) => Promise<T>,
): Promise<{ saved: T; secret: string | null }> {
  const signed = settings.kind === 'webhook' && settings.signing !== 'none'
  if (!signed || secretId !== null) return { saved: await save(secretId), secret: null }
  const { secrets } = saving.services
  const secret = newSigningSecret()
  const stored = { name: `Webhook ${name} (${id.slice(0, 8)}-${randomUUID().slice(0, 4)})`, value: secret }
  const made = await secrets.create(actingOf(saving), stored)
  try {
    return { saved: await save(made.id), secret }
  } catch (error) {
    await secrets.remove(actingOf(saving), made.id)
    throw error
  }
}

const notPublished = (name: string) =>
  new PressroomError({
    code: 'conflict.not_published',
    message: `“${name}” is not published yet, and triggers run what is published.`,
    fix: 'Publish the flow, then add the trigger.',
  })

const unfit = (message: string) =>
  new PressroomError({ code: 'input.trigger', message, fix: 'Correct the trigger and save it again.' })
