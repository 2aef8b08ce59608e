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
import { PressroomError } from '#graph'
import { crashed, outOfMemory, restarted, timedOut, unavailable } from './failures.ts'
import { FrameReader, encodeFrame, type Frame } from './frames.ts'
import { nodeFlags } from './node-flags.ts'
import type { ProcessStats, SandboxLimits } from './options.ts'
import {
  MAX_FRAME_BYTES,
  answerSchema,
  guestMessagesSchema,
  processStatsSchema,
  readySchema,
} from './protocol.ts'
import type { Answer, Request } from './protocol.ts'
import type { RunningStep, StepLine } from './running-step.ts'
import type { Confinement, Launch } from './walls.ts'

export const MAIN = fileURLToPath(new URL('./process/main.ts', import.meta.url))
const MAX_STDERR = 4_000
const MEGABYTE = 1024 * 1024

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
  readonly #child: ChildProcess
  readonly #channel: Duplex
  readonly #reader = new FrameReader(MAX_FRAME_BYTES)
  readonly #limits: SandboxLimits
  readonly #launch: Launch
  readonly #pending: Pending[] = []
  #seq = 0
  #headSince = performance.now()
  /** The head that was overdue at the last look. */
  #suspect = -1
  #reason: KillReason | null = null
  #stderr = ''
  #setReady: () => void = () => {}
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

  async loadPlugin(plugin: string, code: string, snapshot: string | null): Promise<string | null> {
    const { answer } = await this.#ask({ op: 'load', plugin, snapshot }, code)
    return answer.snapshot ?? null
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
    if (pending.done) {
      if (answer.error === undefined) pending.done.resolve({ answer, body })
      else pending.done.reject(new Error(answer.error))
      return
    }
    if (answer.end !== undefined) this.#isolateEnded(pending, answer)
    else if (pending.step) this.#sliceDone(pending, body)
  }

  #sliceDone({ request, step }: Pending, body: string): void {
    for (const message of body === '' ? [] : guestMessagesSchema.parse(JSON.parse(body))) {
      const to = this.steps.get(message.step)
      if (to && to.given.runId === step?.given.runId && to.plugin === step.plugin) to.receive(message)
    }
    step?.sliceDone(request.op === 'reply')
  }

  /** A limit ended the isolate: the step that was running answers for it, the others in it may try again. */
  #isolateEnded({ step }: Pending, { end, error }: Answer): void {
    if (!step) return
    if (end === 'lost') return step.fail(restarted(step.facts))
    if (end === 'timeout') step.fail(timedOut(step.facts, 'it computed for too long without a pause'))
    else if (end === 'memory') step.fail(outOfMemory(step.facts))
    else step.fail(crashed(step.facts, error ?? 'unknown reason'))
    for (const other of this.steps.values()) {
      const shared = other.given.organisationId === step.given.organisationId && other.plugin === step.plugin
      if (shared && other.started) other.fail(restarted(other.facts))
    }
  }

  #kill(reason: KillReason): void {
    this.#reason ??= reason
    this.#child.kill('SIGKILL')
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
    const guilty = wasReady && this.#reason !== 'close' ? this.#pending[0]?.step : null
    for (const { done } of this.#pending.splice(0)) done?.reject(this.#lost())
    if (guilty) {
      const memory = /out of memory|heap limit|allocation failed|invalid array length/i.test(this.#stderr)
      if (this.#reason === 'timeout') guilty.fail(timedOut(guilty.facts, 'its process stopped answering'))
      else guilty.fail(memory ? outOfMemory(guilty.facts) : crashed(guilty.facts, how))
    }
    const why =
      this.#reason === 'start'
        ? `it was not ready after ${this.#limits.startMs} ms`
        : this.#stderr.trim() || how
    for (const step of this.steps.values()) {
      step.fail(wasReady || this.#reason === 'close' ? restarted(step.facts) : unavailable(step.facts, why))
    }
  }
}
