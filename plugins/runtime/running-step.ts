import { createHash } from 'node:crypto'
import { PORT_SCHEMAS, waitSchema } from '#graph'
import type { Capability, Failure, HttpCall, HttpReply, NodeManifest } from '#graph'
import type { HostPort, Json, ModelCall, ModelCallReply } from '#run/interfaces.ts'
import type { SandboxOutput, SandboxResult, SandboxStep } from '#run/interfaces.ts'
import { Broker } from './broker.ts'
import {
  cancelled,
  denied,
  fromGuest,
  inputTooLarge,
  invalidMessage,
  stalled,
  timedOut,
  type NodeFacts,
} from './failures.ts'
import type { SandboxLimits } from './options.ts'
import type { GuestMessage } from './protocol.ts'

export interface PluginNode {
  plugin: string
  /** Its place among the plugin's manifests. */
  place: number
  manifest: NodeManifest
}

/** The way back into the isolate that a step runs in. */
export interface StepLine {
  reply(step: RunningStep, text: string): void
  drop(step: RunningStep): void
}

type CallRequest = (GuestMessage & { kind: 'call' })['request']
type Answered = { ok: true; reply: ModelCallReply | HttpReply } | { ok: false; failure: Failure }

let lastKey = 0

/**
 * The engine's side of one step: checks every message that comes out of the isolate against what the node declared,
 * and settles exactly once.
 */
export class RunningStep {
  readonly key = ++lastKey
  readonly given: SandboxStep
  readonly plugin: string
  readonly facts: NodeFacts
  readonly text: string
  readonly result: Promise<SandboxResult>
  /** True once the isolate has taken the step up. */
  started = false
  settled = false
  readonly #manifest: NodeManifest
  readonly #host: HostPort
  readonly #limits: SandboxLimits
  readonly #broker: Broker
  readonly #failures = new Map<number, Failure>()
  readonly #seen = new Map<string, number>()
  #resolve: (result: SandboxResult) => void = () => {}
  #line: StepLine | null = null
  #open = 0
  #messages = 0
  readonly #since = performance.now()
  readonly #spent = { cpuMs: 0, peakBytes: 0 }
  readonly #stopWatching: () => void

  constructor(
    given: SandboxStep,
    { plugin, manifest, place }: PluginNode,
    host: HostPort,
    signal: AbortSignal,
    limits: SandboxLimits,
  ) {
    this.given = given
    this.plugin = plugin
    this.#manifest = manifest
    this.#host = host
    this.#limits = limits
    this.facts = { nodeType: given.node, nodeId: given.step.nodeId, title: manifest.title }
    this.#broker = new Broker(this.facts, manifest, given.grants)
    const { outputLength, messages, logLength, openCalls } = limits
    const told = { outputLength, messages, logLength, openCalls }
    const { grants: _grants, ...known } = given
    this.text = JSON.stringify({ ...known, place, uses: this.#broker.granted, limits: told })
    this.result = new Promise((resolve) => (this.#resolve = resolve))
    const abort = () => this.fail(cancelled(this.facts))
    const wall = setTimeout(
      () => this.fail(timedOut(this.facts, `it was not done after ${limits.wallMs} ms`)),
      limits.wallMs,
    )
    signal.addEventListener('abort', abort, { once: true })
    this.#stopWatching = () => {
      clearTimeout(wall)
      signal.removeEventListener('abort', abort)
    }
    if (signal.aborted) abort()
    else if (this.text.length > limits.inputLength)
      this.fail(inputTooLarge(this.facts, this.text.length, limits.inputLength))
  }

  attach(line: StepLine): void {
    this.#line = line
  }

  fail(failure: Failure): void {
    this.#settle({ ok: false, failure })
  }

  /** A slice of this step's work is over and its messages are handled. `replied`: it had been given a reply. */
  sliceDone(replied: boolean): void {
    if (replied) this.#open -= 1
    this.started = true
    if (!this.settled && this.#open === 0) this.fail(stalled(this.facts))
  }

  receive(message: GuestMessage): void {
    if (this.settled) return
    if (message.kind === 'done') this.#done(message.outputs)
    else if (message.kind === 'wait') this.#wait(message.wait)
    else if (message.kind === 'fail') this.#failed(message)
    else if (message.kind === 'call') this.#call(message)
    else this.#tell(message)
  }

  /** What a slice took, where that is measured. */
  took({ cpuMs, peakBytes }: { cpuMs: number; peakBytes: number }): void {
    this.#spent.cpuMs += cpuMs
    this.#spent.peakBytes = Math.max(this.#spent.peakBytes, peakBytes)
  }

  #call({ call, request }: GuestMessage & { kind: 'call' }): void {
    this.#open += 1
    if (this.#open > this.#limits.openCalls)
      return this.fail(invalidMessage(this.facts, 'too many open requests'))
    const refused = this.#broker.use(request.capability, JSON.stringify(request).length)
    if (refused) return this.#answer(call, request.capability, { ok: false, failure: refused })
    const asked = request.capability === 'http' ? this.#fetch(request.request) : this.#generate(request)
    asked.then(
      (answer) => this.#answer(call, request.capability, answer),
      (error: unknown) => this.#answer(call, request.capability, { ok: false, failure: unexpected(error) }),
    )
  }

  #generate({
    capability: _capability,
    ...request
  }: CallRequest & { capability: 'model' }): Promise<Answered> {
    const { purpose: _purpose, ...asked } = request
    const hash = createHash('sha256').update(JSON.stringify(asked)).digest('base64')
    const occurrence = this.#seen.get(hash) ?? 0
    this.#seen.set(hash, occurrence + 1)
    const made: ModelCall = { ...request, occurrence }
    return this.#host.generate(made)
  }

  async #fetch(request: HttpCall): Promise<Answered> {
    const { grants } = this.given
    const hosts = grants && grants.http !== false ? grants.http.hosts : []
    if (!this.#host.request) return { ok: false, failure: denied(this.facts, 'http') }
    return this.#host.request(request, hosts)
  }

  #answer(call: number, capability: Capability, answer: Answered): void {
    if (this.settled) return
    if (!answer.ok) return this.#refuse(call, answer.failure)
    const text = JSON.stringify({ call, ok: true, reply: answer.reply })
    const over = this.#broker.weigh(capability, text.length)
    if (over) return this.#refuse(call, over)
    if (text.length <= this.#limits.inputLength) return this.#line?.reply(this, text)
    this.fail(inputTooLarge(this.facts, text.length, this.#limits.inputLength))
  }

  #refuse(call: number, failure: Failure): void {
    this.#failures.set(call, failure)
    this.#line?.reply(this, JSON.stringify({ call, ok: false, message: failure.message }))
  }

  #tell(message: GuestMessage & { kind: 'log' | 'progress' }): void {
    this.#messages += 1
    const refused = this.#broker.use(message.kind, message.message.length)
    // The guest stops by itself at the quota and says so: only what lacks the capability is a fault.
    if (refused?.code === 'capability.denied') return this.fail(refused)
    if (this.#messages > this.#limits.messages || refused) return
    if (message.kind === 'progress') this.#host.progress(message.message)
    else this.#host.log(message.message, message.facts as Json)
  }

  #failed(message: GuestMessage & { kind: 'fail' }): void {
    const own = message.call === undefined ? undefined : this.#failures.get(message.call)
    this.fail(own ?? fromGuest(this.facts, message))
  }

  /** The isolate has checked its outputs; what crosses is checked again, since node code may have tampered with that. */
  #done(outputs: { port: string; label: string; value?: unknown }[]): void {
    for (const { port, value } of outputs) {
      const type = Object.hasOwn(this.#manifest.outputs, port)
        ? this.#manifest.outputs[port]?.type
        : undefined
      if (type === undefined)
        return this.fail(invalidMessage(this.facts, `there is no output port "${port}"`))
      if (value === undefined)
        return this.fail(invalidMessage(this.facts, `an item of port "${port}" is missing`))
      const checked = type === 'json' || type === 'any' || PORT_SCHEMAS[type].safeParse(value).success
      if (!checked) return this.fail(invalidMessage(this.facts, `an item of port "${port}" is no ${type}`))
    }
    this.#settle({ ok: true, outputs: outputs as SandboxOutput[] })
  }

  #wait(wait: unknown): void {
    const { success, data } = waitSchema.safeParse(wait)
    if (!success) return this.fail(invalidMessage(this.facts, 'what it waits for is not known'))
    if (this.#manifest.waits?.includes(data.kind) !== true)
      return this.fail(invalidMessage(this.facts, `it may not wait for a ${data.kind}`))
    this.#settle({ ok: true, outputs: [], wait: data })
  }

  #settle(result: SandboxResult): void {
    if (this.settled) return
    this.settled = true
    this.#stopWatching()
    if (!result.ok) this.#line?.drop(this)
    const wallMs = performance.now() - this.#since
    this.#resolve(this.#limits.measure ? { ...result, spent: { wallMs, ...this.#spent } } : result)
  }
}

const unexpected = (error: unknown): Failure => ({
  code: 'internal.unexpected',
  message: `The engine could not answer a request of the node: ${error instanceof Error ? error.message : String(error)}`,
  fix: 'Look in the server log for this run; report it if it happens again.',
  retryable: false,
  facts: {},
})
