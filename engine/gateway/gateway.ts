/**
 * The one door out. Job: turn a node's model request into a finished, recorded reply, or into a failure that says
 * what happened. Boundary: providers know how to reach models, the journal knows how to keep calls; this file decides
 * whether a call is made at all.
 *
 * G1 A finished call is never made twice: its recorded reply is returned (with the executor's R4).
 * G2 A reply counts only once it is recorded; `record` is awaited before anybody sees the reply.
 * G3 A reply that does not fit its schema is an error with the reply attached, never a default.
 */
import { PressroomError, modelFor } from '#graph'
import type { ModelConfiguration, Usage } from '#graph'
import type {
  CallContext,
  CallJournal,
  Gateway,
  Json,
  ModelCall,
  ModelCallReply,
  ModelProvider,
  ProviderReply,
} from '#run/interfaces.ts'
import { callId, callKey, callSeed } from './call-key.ts'
import type { ConnectedModels } from './connected-models.ts'
import { parseReply } from './parse-reply.ts'
import type { Prices } from './prices.ts'

export interface GatewaySettings {
  /** Whether this organisation's texts may go to models outside its own machines. */
  allowExternal(organisationId: string): boolean | Promise<boolean>
}

export interface GatewayLog {
  debug(facts: Record<string, unknown>, message: string): void
  warn(facts: Record<string, unknown>, message: string): void
}

export interface GatewayParts {
  /** Those that come with Pressroom; others are reached by connections. */
  providers: ModelProvider[]
  connected: Pick<ConnectedModels, 'provider'>
  prices: Pick<Prices, 'cost'>
  journal: CallJournal
  settings: GatewaySettings
  log: GatewayLog
}

interface Call {
  request: ModelCall
  context: CallContext
  configuration: ModelConfiguration
  key: string
  id: string
}

export function createGateway({
  providers,
  connected,
  prices,
  journal,
  settings,
  log,
}: GatewayParts): Gateway {
  const countCall = callCounter()

  async function generate(request: ModelCall, context: CallContext): Promise<ModelCallReply> {
    const made = countCall(context)
    const configuration = configurationFor(request, context)
    const key = callKey(request, configuration.id)
    const call: Call = { request, context, configuration, key, id: callId(context, key) }

    const recorded = await journal.find(context, key) // G1
    if (recorded) {
      return { text: recorded.text, data: recorded.data, model: recorded.model, usage: recorded.usage }
    }
    throwIfCancelled(call)
    checkPermission(call, made)
    const provider = await destination(call)
    const startedAt = performance.now()
    const reply = await callProvider(call, provider)
    const data = request.schema ? parseReply(reply.text, request.schema, factsOf(call)) : null // G3
    const usage = await usageOf(call, provider, reply)
    const durationMs = Math.round(performance.now() - startedAt)
    await journal.record(context, {
      id: call.id,
      stepId: context.step.stepId,
      key,
      purpose: request.purpose,
      model: configuration.id,
      provider: provider.name,
      request: requestRecord(call),
      text: reply.text,
      data,
      usage,
      durationMs,
    }) // G2
    log.debug({ ...factsOf(call), durationMs, ...usage }, 'model call finished')
    return { text: reply.text, data, model: configuration.id, usage }
  }

  async function destination(call: Call): Promise<ModelProvider> {
    const { configuration, context } = call
    const provider = configuration.connection
      ? await connected.provider(context.organisationId, configuration.connection)
      : providers.find((candidate) => candidate.name === configuration.provider)
    if (!provider) {
      throw new PressroomError({
        code: 'model.no_provider',
        message: `No connector named "${configuration.provider}" is installed for ${configuration.label}.`,
        fix: 'Choose another model configuration, or set this one to a connector that is installed.',
        facts: factsOf(call),
      })
    }
    const local = provider.local && configuration.local
    if (!local && !(await settings.allowExternal(context.organisationId))) {
      throw new PressroomError({
        code: 'destination.external_refused',
        message: `${configuration.label} is an external model, and this organisation does not let texts leave.`,
        fix: 'Choose a local model, or ask an administrator to allow external models.',
        facts: factsOf(call),
      })
    }
    return provider
  }

  async function callProvider(call: Call, provider: ModelProvider): Promise<ProviderReply> {
    const { request, context, configuration } = call
    let offset = 0
    try {
      return await provider.generate({
        model: configuration.model,
        system: request.system ?? '',
        prompt: request.prompt,
        ...(request.schema ? { schema: request.schema } : {}),
        temperature: configuration.temperature,
        maxOutputTokens: configuration.maxOutputTokens,
        seed: callSeed(context, request.occurrence),
        signal: context.signal,
        onText(text) {
          const { stepId } = context.step
          journal.stream(context, { stepId, callId: call.id, purpose: request.purpose, offset, text })
          offset += text.length
        },
      })
    } catch (error) {
      if (context.signal.aborted) throw cancelled(call, error)
      log.warn(
        { ...factsOf(call), problem: error instanceof Error ? error.message : String(error) },
        'model call failed',
      )
      throw error
    }
  }

  async function usageOf(call: Call, provider: ModelProvider, reply: ProviderReply): Promise<Usage> {
    const { inputTokens, outputTokens } = reply
    const { organisationId } = call.context
    const { name, local, url } = provider
    const priced = { provider: name, model: call.configuration.model, local, ...(url ? { url } : {}) }
    return {
      calls: 1,
      inputTokens,
      outputTokens,
      costMicros: await prices.cost(organisationId, priced, reply),
    }
  }

  return { generate }
}

/** Calls of one step attempt, found again or made. Kept as long as the attempt's signal lives. */
function callCounter(): (context: CallContext) => number {
  const counts = new WeakMap<AbortSignal, Map<string, number>>()
  return ({ signal, step }) => {
    const ofSignal = counts.get(signal) ?? new Map<string, number>()
    counts.set(signal, ofSignal)
    const key = `${step.stepId}-${step.attempt}`
    const made = (ofSignal.get(key) ?? 0) + 1
    ofSignal.set(key, made)
    return made
  }
}

function configurationFor(request: ModelCall, context: CallContext): ModelConfiguration {
  const configuration = modelFor(context.catalog, null, request.model)
  if (configuration) return configuration
  throw new PressroomError({
    code: 'model.unknown',
    message: request.model
      ? `There is no model configuration "${request.model}".`
      : 'There is no default model configuration.',
    fix: 'Choose a model configuration that exists in this organisation.',
    facts: { model: request.model ?? null, known: context.catalog.models.map((model) => model.id) },
  })
}

function checkPermission(call: Call, made: number): void {
  const { maxCalls } = call.context
  if (maxCalls === 0) {
    throw new PressroomError({
      code: 'permission.model',
      message: 'This step may not call models: its node does not ask for that capability.',
      fix: 'Declare the model calls in the node, or use a node that does.',
      facts: factsOf(call),
    })
  }
  if (made > maxCalls) {
    throw new PressroomError({
      code: 'limit.calls',
      message: `This step has made all the ${maxCalls} model calls that the plan gave it.`,
      fix: "Raise the node's limit (for an editor: its edit cycles), or make the node ask less often.",
      facts: { ...factsOf(call), maxCalls },
    })
  }
}

function throwIfCancelled(call: Call): void {
  if (call.context.signal.aborted) throw cancelled(call, call.context.signal.reason)
}

function cancelled(call: Call, cause: unknown): PressroomError {
  return new PressroomError(
    {
      code: 'step.cancelled',
      message: 'The model call was stopped because its step was cancelled.',
      fix: 'Start the run again if the result is still wanted.',
      facts: factsOf(call),
    },
    cause,
  )
}

function factsOf(call: Call): Record<string, Json> {
  const { configuration, context, request, id } = call
  return {
    callId: id,
    runId: context.runId,
    stepId: context.step.stepId,
    purpose: request.purpose,
    configuration: configuration.id,
    provider: configuration.provider,
    model: configuration.model,
  }
}

function requestRecord({ request, configuration, context }: Call): Json {
  return {
    system: request.system ?? '',
    prompt: request.prompt,
    schema: request.schema ?? null,
    model: configuration.model,
    temperature: configuration.temperature,
    maxOutputTokens: configuration.maxOutputTokens,
    seed: callSeed(context, request.occurrence),
  }
}
