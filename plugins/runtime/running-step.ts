import { createHash } from 'node:crypto'
import { PORT_SCHEMAS, type Failure, type NodeManifest, waitSchema } from '#graph'
import type { HostPort, Json, ModelCall, SandboxOutput, SandboxResult, SandboxStep } from '#run/interfaces.ts'
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
  readonly #failures = new Map<number, Failure>()
  readonly #seen = new Map<string, number>()
  #resolve: (result: SandboxResult) => void = () => {}
  #line: StepLine | null = null
  #open = 0
  #messages = 0
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
    const { outputLength, messages, openCalls } = limits
    this.text = JSON.stringify({ ...given, place, limits: { outputLength, messages, openCalls } })
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

  #call({ call, request }: GuestMessage & { kind: 'call' }): void {
    this.#open += 1
    if (!this.#granted('model'))
      return this.#answer(call, { ok: false, failure: denied(this.facts, 'model') })
    if (this.#open > this.#limits.openCalls)
      return this.fail(invalidMessage(this.facts, 'too many open requests'))
    const { purpose: _purpose, ...asked } = request
    const hash = createHash('sha256').update(JSON.stringify(asked)).digest('base64')
    const occurrence = this.#seen.get(hash) ?? 0
    this.#seen.set(hash, occurrence + 1)
    const made: ModelCall = { ...request, occurrence }
    this.#host.generate(made).then(
      (answer) => this.#answer(call, answer),
      (error: unknown) => this.#answer(call, { ok: false, failure: unexpected(error) }),
    )
  }

  #answer(call: number, answer: Awaited<ReturnType<HostPort['generate']>>): void {
    if (this.settled) return
    if (answer.ok) {
      const text = JSON.stringify({ call, ok: true, reply: answer.reply })
      if (text.length <= this.#limits.inputLength) return this.#line?.reply(this, text)
      return this.fail(inputTooLarge(this.facts, text.length, this.#limits.inputLength))
    }
    this.#failures.set(call, answer.failure)
    this.#line?.reply(this, JSON.stringify({ call, ok: false, message: answer.failure.message }))
  }

  #tell(message: GuestMessage & { kind: 'log' | 'progress' }): void {
    if (!this.#granted(message.kind)) return this.fail(denied(this.facts, message.kind))
    this.#messages += 1
    if (this.#messages > this.#limits.messages) return
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

  #granted(capability: NodeManifest['uses'][number]): boolean {
    return this.#manifest.uses.includes(capability)
  }

  #settle(result: SandboxResult): void {
    if (this.settled) return
    this.settled = true
    this.#stopWatching()
    if (!result.ok) this.#line?.drop(this)
    this.#resolve(result)
  }
}

const unexpected = (error: unknown): Failure => ({
  code: 'internal.unexpected',
  message: `The engine could not answer a request of the node: ${error instanceof Error ? error.message : String(error)}`,
  fix: 'Look in the server log for this run; report it if it happens again.',
  retryable: false,
  facts: {},
})
