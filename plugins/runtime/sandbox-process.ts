/**
 * The engine's side of one sandbox process.
 *
 * Requests are answered in order, so the oldest unanswered one is what the process is working on. When it takes too
 * long, or the process dies, that request's step is to blame and fails for good; every other step that was in there
 * fails as retryable. A process never outlives its channel, and the channel carries length-limited frames only.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { PressroomError, type Failure } from '#graph'
import {
  crashed,
  invalidMessage,
  invalidPlugin,
  killed,
  outOfMemory,
  restarted,
  timedOut,
  unavailable,
  type NodeFacts,
} from './failures.ts'
import { FrameReader, encodeFrame, type Frame } from './frames.ts'
import { nodeFlags } from './node-flags.ts'
import type { ProcessStats, SandboxLimits } from './options.ts'
import { figuresOf, type Figures } from './process-figures.ts'
import {
  MAX_FRAME_BYTES,
  answerSchema,
  guestMessagesSchema,
  processStatsSchema,
  readySchema,
} from './protocol.ts'
import type { Answer, GuestMessage, Request } from './protocol.ts'
import type { RunningStep, StepLine } from './running-step.ts'
import type { Confinement, Launch } from './walls.ts'

export const MAIN = fileURLToPath(new URL('./process/main.ts', import.meta.url))
const MAX_STDERR = 4_000
const MEGABYTE = 1024 * 1024
const MAX_SCRIPTS = 200

type KillReason = 'timeout' | 'start' | 'protocol' | 'close'
type Unnumbered<R> = R extends Request ? Omit<R, 'seq'> : never
interface Pending {
  request: Request
  step: RunningStep | null
  done?: { resolve(answer: { answer: Answer; body: string }): void; reject(error: Error): void }
}

export interface ProcessOptions {
  limits: SandboxLimits
  /** An empty directory to start in. */
  directory: string
  confinement: Confinement
  /** Instead of the program that it is there for; tests run plain Node code behind the same walls. */
  program?: string
}

export class SandboxProcess implements StepLine {
  readonly ready: Promise<void>
  readonly ended: Promise<void>
  /** Steps that are not settled yet. */
  readonly steps = new Map<number, RunningStep>()
  readonly runs = new Set<string>()
  state: 'starting' | 'ready' | 'ended' = 'starting'
  rssBytes = 0
  usedAt = performance.now()
  readonly #child: ChildProcess
  readonly #channel: Duplex
  readonly #reader = new FrameReader(MAX_FRAME_BYTES)
  readonly #limits: SandboxLimits
  readonly #launch: Launch
  /** Plugins whose script it has, the one used last at the end. */
  readonly #scripts = new Set<string>()
  readonly #pending: Pending[] = []
  #seq = 0
  #headSince = performance.now()
  /** The head that was overdue at the last look. */
  #suspect = -1
  #reason: KillReason | null = null
  #stderr = ''
  #setReady: () => void = () => {}
  /** Where steps are measured: as of the last answer, and as of the last look. */
  #settledFigures: Figures | null = null
  #figures: Figures | null = null
  /** What waits until the process is sealed: before that it gets nothing to work on. */
  #held: Buffer[] | null = []

  constructor({ limits, directory, confinement, program = MAIN }: ProcessOptions) {
    this.#limits = limits
    const node = [...nodeFlags(), program, JSON.stringify(limits)]
    this.#launch = confinement.launch(process.execPath, node)
    this.#child = spawn(this.#launch.command, this.#launch.args, {
      cwd: directory,
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    this.#channel = this.#child.stdio[3] as Duplex
    this.ready = new Promise((resolve) => (this.#setReady = resolve))
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#onEnd(signal ?? `exit code ${code}`)
        resolve()
      })
      this.#child.once('error', (error) => {
        this.#onEnd(error.message)
        resolve()
      })
    })
    // An end of the process shows here as a broken pipe first; `close` above says the rest.
    this.#channel.on('error', () => this.#child.kill('SIGKILL'))
    this.#channel.on('data', (chunk: Buffer) => this.#onData(chunk))
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-MAX_STDERR)
    })
  }

  get pid(): number {
    return this.#child.pid ?? -1
  }

  /** Requests that it has not answered yet. */
  get load(): number {
    return this.#pending.length
  }

  /** Whether it has grown so much that it should serve no further step. */
  get worn(): boolean {
    return this.rssBytes > this.#limits.softProcessMegabytes * MEGABYTE
  }

  /** Whether all its open steps are of this organisation. */
  servesOnly(organisation: string): boolean {
    for (const { given } of this.steps.values()) if (given.organisationId !== organisation) return false
    return true
  }

  async loadPlugin(plugin: string, code: string, snapshot: string | null): Promise<string | null> {
    const { answer } = await this.#ask({ op: 'load', plugin, snapshot }, code)
    return answer.snapshot ?? null
  }

  /** Has the script of a plugin that starts from the snapshot of `over`, ahead of what is asked of it next. */
  haveScript(plugin: string, script: string, over: string): void {
    const known = this.#scripts.delete(plugin)
    this.#scripts.add(plugin)
    if (known) return
    this.#send({ op: 'script', plugin, over }, script, { step: null })
    const inUse = new Set([...this.steps.values()].map((step) => step.plugin))
    for (const old of this.#scripts) {
      if (this.#scripts.size <= MAX_SCRIPTS) break
      if (old !== plugin && !inUse.has(old)) this.dropScript(old)
    }
  }

  dropScript(plugin: string): void {
    if (this.#scripts.delete(plugin)) this.#send({ op: 'unload', plugin }, '', { step: null })
  }

  async manifests(plugin: string): Promise<unknown> {
    return JSON.parse((await this.#ask({ op: 'manifests', plugin })).body)
  }

  async stats(): Promise<ProcessStats> {
    const { body } = await this.#ask({ op: 'stats' })
    const known = processStatsSchema.parse(JSON.parse(body))
    return { pid: this.pid, runs: this.runs.size, openSteps: this.steps.size, ...known }
  }

  /** What the program of `probe-walls.ts` found. */
  async probe(port: number): Promise<unknown> {
    return JSON.parse((await this.#ask({ op: 'probe' }, String(port))).body)
  }

  run(step: RunningStep): void {
    const { organisationId, runId } = step.given
    this.steps.set(step.key, step)
    this.runs.add(`${organisationId}/${runId}`)
    step.attach(this)
    this.usedAt = performance.now()
    void step.result.then(() => this.steps.delete(step.key))
    const place = { organisation: organisationId, run: runId, plugin: step.plugin }
    this.#send({ op: 'run', step: step.key, ...place }, step.text, { step })
  }

  reply(step: RunningStep, text: string): void {
    this.#send({ op: 'reply', step: step.key }, text, { step })
  }

  drop(step: RunningStep): void {
    this.#send({ op: 'drop', step: step.key }, '', { step: null })
  }

  forget(organisation: string, run: string): void {
    if (this.runs.has(`${organisation}/${run}`))
      this.#send({ op: 'forget', organisation, run }, '', { step: null })
  }

  /** To be called regularly. An overdue answer counts only if it is still missing at the next look. */
  watch(now: number): void {
    if (this.#limits.measure && this.#pending.length > 0) this.#figures = figuresOf(this.pid) ?? this.#figures
    const head = this.#pending[0]
    const starts = this.state === 'starting' || head?.request.op === 'load'
    const allowed = starts ? this.#limits.startMs : this.#limits.sliceMs + this.#limits.graceMs
    if (this.state === 'ended' || (!head && this.state === 'ready') || now - this.#headSince < allowed) return
    const suspect = head?.request.seq ?? 0
    if (this.#suspect === suspect) this.#kill(starts ? 'start' : 'timeout')
    this.#suspect = suspect
  }

  async close(): Promise<void> {
    this.#kill('close')
    await this.ended
  }

  #ask(request: Unnumbered<Request>, body = ''): Promise<{ answer: Answer; body: string }> {
    return new Promise((resolve, reject) =>
      this.#send(request, body, { step: null, done: { resolve, reject } }),
    )
  }

  #send(unnumbered: Unnumbered<Request>, body: string, to: Omit<Pending, 'request'>): void {
    if (this.state === 'ended') {
      to.done?.reject(this.#lost())
      return
    }
    const request: Request = { ...unnumbered, seq: ++this.#seq }
    if (this.#pending.length === 0 && this.state === 'ready') this.#headSince = performance.now()
    this.#pending.push({ request, ...to })
    const frame = encodeFrame(request, body)
    if (this.#held) this.#held.push(frame)
    else this.#channel.write(frame)
  }

  async #seal(): Promise<void> {
    try {
      await this.#launch.seal(this.pid)
    } catch (error) {
      this.#tell(`It could not be sealed: ${error instanceof Error ? error.message : String(error)}`)
      return this.#kill('start')
    }
    if (this.state === 'ended') return
    this.state = 'ready'
    this.#headSince = performance.now()
    for (const frame of this.#held ?? []) this.#channel.write(frame)
    this.#held = null
    this.#setReady()
  }

  #tell(line: string): void {
    this.#stderr = `${this.#stderr}\n${line}`.slice(-MAX_STDERR)
  }

  #onData(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.read(chunk)) this.#onFrame(frame)
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error))
      this.#kill('protocol')
    }
  }

  #onFrame({ header, body }: Frame): void {
    this.#headSince = performance.now()
    if (this.state === 'starting') {
      readySchema.parse(header)
      void this.#seal()
      return
    }
    const answer = answerSchema.parse(header)
    const pending = this.#pending.shift()
    if (pending?.request.seq !== answer.seq) throw new Error(`answer ${answer.seq} was not expected`)
    if (answer.rssBytes !== undefined) this.rssBytes = answer.rssBytes
    if (answer.took) pending.step?.took(answer.took)
    if (this.#limits.measure) this.#settledFigures = figuresOf(this.pid)
    if (pending.done) {
      if (answer.error === undefined) pending.done.resolve({ answer, body })
      else
        pending.done.reject(
          // Nothing but the plugin's own code runs when it is loaded or asked what it is.
          new PressroomError(
            endFailure(
              factsOf(pending.request),
              answer.end === 'broken' ? 'invalid' : answer.end,
              answer.error,
            ),
          ),
        )
      return
    }
    if (answer.end !== undefined) this.#isolateEnded(pending, answer)
    else if (pending.step) this.#sliceDone(pending, body)
  }

  #sliceDone({ request, step }: Pending, body: string): void {
    const messages = guestMessages(body)
    if (messages === null)
      return step?.fail(invalidMessage(step.facts, 'its messages to the host are no messages'))
    for (const message of messages) {
      const to = this.steps.get(message.step)
      if (to && step && to.given.runId === step.given.runId && sharesIsolate(to, step)) to.receive(message)
    }
    step?.sliceDone(request.op === 'reply')
  }

  /** A limit ended the isolate: the step that was running answers for it, the others in it may try again. */
  #isolateEnded({ step }: Pending, { end, error }: Answer): void {
    if (!step) return
    if (end === 'lost') return step.fail(restarted(step.facts))
    step.fail(endFailure(step.facts, end, error))
    for (const other of this.steps.values()) {
      if (sharesIsolate(other, step) && other.started) other.fail(restarted(other.facts))
    }
  }

  #kill(reason: KillReason): void {
    this.#reason ??= reason
    this.#child.kill('SIGKILL')
  }

  /** Of a process that did not live to say what its last slice took. */
  #lastFigures(): { cpuMs: number; peakBytes: number } {
    const [from, to] = [this.#settledFigures, this.#figures]
    if (!from || !to) return { cpuMs: 0, peakBytes: 0 }
    const said = Number(/out of memory, (\d+) bytes/.exec(this.#stderr)?.[1] ?? 0)
    return {
      cpuMs: Math.max(0, to.cpuMs - from.cpuMs),
      peakBytes: Math.max(0, Math.max(said, to.peakBytes) - from.rssBytes),
    }
  }

  /** Why the process ended under the request that it was working on. */
  #verdict(facts: NodeFacts, how: string): Failure {
    if (this.#reason === 'timeout') return timedOut(facts, 'its process stopped answering')
    if (/out of memory|heap limit|allocation failed|invalid array length/i.test(this.#stderr))
      return outOfMemory(facts)
    const silent = this.#stderr.trim() === '' && this.#reason === null
    return silent && /^SIG(KILL|TERM|INT|HUP)$/.test(how) ? killed(facts, how) : crashed(facts, how)
  }

  #lost(): PressroomError {
    return new PressroomError({
      code: 'sandbox.unavailable',
      message: `A sandbox process ended: ${this.#stderr.trim() || this.#reason || 'no reason known'}`,
      fix: 'Look at memory and process limits of this machine.',
      retryable: true,
    })
  }

  #onEnd(how: string): void {
    if (this.state === 'ended') return
    const wasReady = this.state === 'ready'
    this.state = 'ended'
    const head = wasReady && this.#reason !== 'close' ? this.#pending[0] : undefined
    const blamed = head?.step ?? null
    for (const { done, request } of this.#pending.splice(0)) {
      const own = request === head?.request && request.op === 'manifests'
      done?.reject(own ? new PressroomError(this.#verdict(factsOf(request), how)) : this.#lost())
    }
    blamed?.took(this.#lastFigures())
    blamed?.fail(this.#verdict(blamed.facts, how))
    const why =
      this.#reason === 'start'
        ? `it was not ready after ${this.#limits.startMs} ms`
        : this.#stderr.trim() || how
    for (const step of this.steps.values()) {
      step.fail(wasReady || this.#reason === 'close' ? restarted(step.facts) : unavailable(step.facts, why))
    }
  }
}

function endFailure(facts: NodeFacts, end: Answer['end'], error = 'unknown reason'): Failure {
  if (end === 'timeout') return timedOut(facts, 'it computed for too long without a pause')
  if (end === 'memory') return outOfMemory(facts)
  return end === 'invalid' ? invalidPlugin(facts, error) : crashed(facts, error)
}

const sharesIsolate = (one: RunningStep, other: RunningStep) =>
  one.given.organisationId === other.given.organisationId && one.plugin === other.plugin

function factsOf(request: Request): NodeFacts {
  const plugin = 'plugin' in request ? request.plugin : ''
  return { nodeType: plugin, nodeId: '', title: plugin }
}

/** Null for what are no messages: code in an isolate can make its own harness say anything. */
function guestMessages(body: string): GuestMessage[] | null {
  if (body === '') return []
  try {
    return guestMessagesSchema.parse(JSON.parse(body))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}
