/** The data behind a form page: what it asks, and what somebody answered. Public ones need no account. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Principal } from '#access'
import { type BriefField, type FormSettings, PressroomError, activeFlow, briefInputSchema } from '#graph'
import { newCallId, runOfCall } from '#run/ids.ts'
import type { FoundTrigger } from '#run/triggers/interfaces.ts'
import { refuseWithoutTwoFactor, unauthenticated } from '../auth/admitted.ts'
import type { Identity } from '../auth/identity.ts'
import type { Services } from '../deps.ts'
import { invalidInput } from '../errors.ts'
import { FORMS_PATH, hashOfPath } from '../triggers/address.ts'
import { noSuchPath } from './failures.ts'
import { headersOf, originOf } from './headers.ts'
import { refuseForeign } from './origin.ts'

const BODY_BYTES = 64 * 1024

type Form = FoundTrigger & { settings: FormSettings }
interface Route {
  Params: { path: string }
}

/** `submission`: made by the page, so that what is sent twice is taken once. */
const answersSchema = z.strictObject({ submission: z.uuid(), brief: z.unknown() })

export function addFormRoutes(
  app: FastifyInstance,
  identity: Identity,
  services: Pick<Services, 'stores' | 'triggers' | 'publicUrl'>,
): void {
  const { stores, triggers, publicUrl } = services

  /** Null for an address that leads nowhere, or nowhere for this person. */
  async function find(request: FastifyRequest<Route>): Promise<{ form: Form; who: Principal | null } | null> {
    const found = await stores.triggerCalls.find(hashOfPath(request.params.path))
    if (found?.settings.kind !== 'form') return null
    const form = found as Form
    if (form.settings.access === 'public') return { form, who: null }
    const { principal: who } = await identity.identify(headersOf(request))
    if (!who) throw unauthenticated()
    refuseWithoutTwoFactor(who)
    return who.organisation.id === form.organisationId ? { form, who } : null
  }

  app.get<Route>(`/api${FORMS_PATH}/:path`, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const found = await find(request)
    const asked = found && (await fieldsOf(stores, found.form))
    if (!found || !asked) return noSuchPath(request, reply)
    const { title, intro, access } = found.form.settings
    return { title: title === '' ? asked.title : title, intro, access, fields: asked.fields }
  })

  app.post<Route>(`/api${FORMS_PATH}/:path`, { bodyLimit: BODY_BYTES }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    refuseForeign(publicUrl, originOf(request))
    const found = await find(request)
    if (!found) return noSuchPath(request, reply)
    const { form, who } = found
    if (!who) {
      await identity.attempts.takeEntry(request.ip, 'form')
      await identity.attempts.take('formTotal', form.triggerId)
    }
    const { submission, brief } = parsed(answersSchema, request.body)
    const answers = parsed(briefInputSchema, brief)
    const call = { id: newCallId(Date.now()), key: `form ${submission}`, failure: null }
    const accepted = await triggers.accept(form, { ...call, body: answers, input: { brief: answers } })
    if (!accepted) return noSuchPath(request, reply)
    const runId = who?.permissions.has('run:read') ? runOfCall(accepted.callId) : null
    // The page leads on to the run.
    if (runId !== null) await triggers.done(accepted.callId)
    return reply.code(202).send({ thanks: form.settings.thanks, runId })
  })
}

function parsed<T>(schema: z.ZodType<T>, given: unknown): T {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  throw new PressroomError(invalidInput(error))
}

/** The questions of the brief of what would run now; null where nothing is asked. */
async function fieldsOf(
  stores: Pick<Services['stores'], 'flows' | 'catalogs'>,
  { organisationId, flowId }: FoundTrigger,
): Promise<{ title: string; fields: BriefField[] } | null> {
  const flow = await stores.flows.get(organisationId, flowId)
  const version = flow?.published && (await stores.flows.version(organisationId, flow.published.id))
  if (!version) return null
  const node = activeFlow(version.flow).nodes.find(({ type }) => type === 'brief')
  const { contentTypes } = await stores.catalogs.catalog(organisationId)
  const contentType = contentTypes.find(({ slug }) => slug === node?.config['contentType'])
  return contentType ? { title: version.flow.name, fields: contentType.form } : null
}
