/**
 * Webhooks. Whoever knows the address may deliver; where deliveries are signed, whoever knows the secret as well. A
 * delivery is answered only after its call is durable.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Failure, PressroomError, type WebhookSettings } from '#graph'
import { newCallId, runOfCall } from '#run/ids.ts'
import type { AcceptedCall, FoundTrigger } from '#run/triggers/interfaces.ts'
import type { Services } from '../deps.ts'
import { httpStatusOf } from '../errors.ts'
import { callOf } from '../hooks/delivery.ts'
import { createResults, isOver } from '../hooks/results.ts'
import { checkSignature } from '../hooks/signature.ts'
import { HOOKS_PATH, hashOfPath } from '../triggers/address.ts'
import { noSuchPath, sendFailure } from './failures.ts'

const BODY_BYTES = 256 * 1024
const HOUR = 'YYYY-MM-DDTHH'.length

type Webhook = FoundTrigger & { settings: WebhookSettings }
interface Delivery {
  Params: { path: string }
}
interface Asking {
  Params: { path: string; call: string }
}

export async function addHookRoutes(
  app: FastifyInstance,
  services: Pick<Services, 'stores' | 'secrets' | 'triggers' | 'publicUrl'>,
  closing: AbortSignal,
): Promise<void> {
  const { stores, secrets, triggers, publicUrl } = services
  const results = createResults(services)

  /** Null for an address that leads nowhere, whatever the reason. */
  async function find(path: string): Promise<Webhook | null> {
    const found = await stores.triggerCalls.find(hashOfPath(path))
    return found?.settings.kind === 'webhook' ? (found as Webhook) : null
  }

  async function checkSigned(webhook: Webhook, request: FastifyRequest, body: Buffer): Promise<void> {
    const { settings, secretId, organisationId } = webhook
    if (settings.signing === 'none') return
    if (secretId === null) throw new Error(`the webhook ${webhook.triggerId} has no secret to check with`)
    const secret = await secrets.open(organisationId, secretId)
    checkSignature(settings, secret, { headers: request.headers, body, now: Date.now() })
  }

  /** One line an hour and reason, however many come: whoever has no secret must not fill the list of calls. */
  async function note(webhook: Webhook, failure: Failure): Promise<void> {
    const hour = new Date().toISOString().slice(0, HOUR)
    const call = { id: newCallId(Date.now()), key: `refused ${String(failure.facts['reason'])} ${hour}` }
    await triggers.accept(webhook, { ...call, body: null, input: null, failure })
  }

  const linkOf = (path: string, callId: string) =>
    `${publicUrl.replace(/\/$/, '')}${HOOKS_PATH}/${path}/calls/${callId}`

  async function answer(
    reply: FastifyReply,
    webhook: Webhook,
    { callId, link, duplicate = false }: { callId: string; link: string; duplicate?: boolean },
  ) {
    const outcome = await results.outcome(webhook, callId)
    if (!outcome) return null
    if (outcome.status === 'refused' && outcome.failure) {
      return sendFailure(reply, httpStatusOf(outcome.failure), outcome.failure)
    }
    const known = { callId, runId: runOfCall(callId), duplicate }
    if (isOver(outcome)) {
      return reply.send({
        ...known,
        status: outcome.run,
        ...(await results.result(webhook.organisationId, callId)),
      })
    }
    return reply.code(202).send({ ...known, status: outcome.run ?? 'accepted', result: link })
  }

  async function held(reply: FastifyReply, webhook: Webhook, call: AcceptedCall): Promise<void> {
    const left = new AbortController()
    reply.raw.once('close', () => left.abort())
    const enough = AbortSignal.timeout(webhook.settings.waitSeconds * 1_000)
    await results.wait(webhook, call, AbortSignal.any([enough, left.signal, closing]))
  }

  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
    scope.removeAllContentTypeParsers()
    // As it came: a signature is about the very bytes.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) => body)

    scope.post<Delivery>(`${HOOKS_PATH}/:path`, { bodyLimit: BODY_BYTES }, async (request, reply) => {
      const { path } = request.params
      const webhook = await find(path)
      if (!webhook) return noSuchPath(request, reply)
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      try {
        await checkSigned(webhook, request, raw)
      } catch (error) {
        if (error instanceof PressroomError && error.failure.code === 'auth.refused')
          await note(webhook, error.failure)
        throw error
      }
      const accepted = await triggers.accept(webhook, callOf(webhook.settings, request.headers, raw))
      if (!accepted) return noSuchPath(request, reply)
      const { callId, duplicate, failure } = accepted
      if (failure && accepted.status === 'refused') return sendFailure(reply, httpStatusOf(failure), failure)
      if (webhook.settings.answer === 'at-once') {
        return reply.code(202).send({ callId, runId: runOfCall(callId), duplicate, status: 'accepted' })
      }
      await held(reply, webhook, accepted)
      const answered = await answer(reply, webhook, { callId, duplicate, link: linkOf(path, callId) })
      return answered ?? noSuchPath(request, reply)
    })

    /** Results are given to whoever a delivery would have been answered with them. What is signed is the call's id. */
    scope.get<Asking>(`${HOOKS_PATH}/:path/calls/:call`, async (request, reply) => {
      const { path, call } = request.params
      const webhook = await find(path)
      if (webhook?.settings.answer !== 'result') return noSuchPath(request, reply)
      await checkSigned(webhook, request, Buffer.from(call))
      const answered = await answer(reply, webhook, { callId: call, link: linkOf(path, call) })
      return answered ?? noSuchPath(request, reply)
    })
  })
}
