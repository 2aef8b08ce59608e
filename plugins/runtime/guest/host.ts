import { z } from 'zod'
import { httpRequestSchema, type Capability, type Host, type HttpReply, type HttpRequest } from '#sdk'
import type { ModelReply, ModelRequest } from '#sdk'
import { parse, stringify } from './harden.ts'
import { StepFault, hostError } from './failures.ts'
import { checkLength, post, postText } from './outbox.ts'

export interface GuestLimits {
  outputLength: number
  messages: number
  logLength: number
  openCalls: number
}

type ModelAnswer = { text: string; data: unknown; model: string; usage: ModelReply<null>['usage'] }
type ReplyText =
  | { call: number; ok: true; reply: ModelAnswer | HttpReply }
  | { call: number; ok: false; message: string }

const MAX_LOG_LENGTH = 4_000
const schemaTexts = new WeakMap<z.ZodType, string>()

/** The JSON Schema that a model is asked to follow: the shape that the zod schema accepts. */
function schemaText(schema: z.ZodType): string {
  let text = schemaTexts.get(schema)
  if (text === undefined) {
    const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, { io: 'input' })
    text = stringify(plain)
    schemaTexts.set(schema, text)
  }
  return text
}

/** One step's way out. Requests wait here for their replies; nothing else in the isolate reaches the host. */
export class StepHost {
  readonly #step: number
  readonly #uses: Capability[]
  readonly #limits: GuestLimits
  readonly #waiting = new Map<
    number,
    { resolve(reply: ReplyText & { ok: true }): void; reject(error: Error): void }
  >()
  #calls = 0
  #messages = 0
  #told = 0
  readonly #random: () => number

  constructor(step: number, uses: Capability[], limits: GuestLimits, random: () => number) {
    this.#step = step
    this.#uses = uses
    this.#limits = limits
    this.#random = random
  }

  /** The object that node code gets. */
  face(): Host {
    const generate = (request: ModelRequest<z.ZodType | undefined>) => this.#generate(request)
    return {
      model: { generate: generate as Host['model']['generate'] },
      http: { request: (request) => this.#fetch(request) },
      log: (message, facts) => this.log(message, facts),
      progress: (message) => {
        this.#need('progress')
        const told = clip(message)
        if (this.#mayTell(told.length)) post({ kind: 'progress', step: this.#step, message: told })
      },
      random: this.#random,
    }
  }

  log(message: string, facts: Record<string, unknown> = {}): void {
    this.#need('log')
    const known = stringify(facts) ?? '{}'
    const kept =
      known.length > MAX_LOG_LENGTH ? stringify({ omitted: `${known.length} characters of facts` }) : known
    const told = stringify(clip(message))
    if (!this.#mayTell(told.length + kept.length)) return
    postText(`{"kind":"log","step":${this.#step},"message":${told},"facts":${kept}}`)
  }

  /** `console` is a convenience: it logs where the node may log, and is silent where it may not. */
  console(parts: unknown[]): void {
    if (!this.#uses.includes('log')) return
    this.log(
      parts.map((part) => (typeof part === 'string' ? part : (stringify(part) ?? String(part)))).join(' '),
    )
  }

  deliver(text: string): void {
    const reply = parse(text) as ReplyText
    const waiting = this.#waiting.get(reply.call)
    if (waiting === undefined) return
    this.#waiting.delete(reply.call)
    if (reply.ok) waiting.resolve(reply)
    else waiting.reject(hostError(reply.call, reply.message))
  }

  async #generate(request: ModelRequest<z.ZodType | undefined>): Promise<ModelReply<unknown>> {
    const { schema, model, system, prompt, purpose } = request
    this.#need('model')
    const facts = stringify({
      capability: 'model',
      model,
      system,
      prompt: `${prompt}`,
      purpose: clip(purpose),
    })
    const asked = schema === undefined ? facts : `${facts.slice(0, -1)},"schema":${schemaText(schema)}}`
    const reply = (await this.#ask(asked, 'The model request')) as ModelAnswer
    if (schema === undefined) return { text: reply.text, data: null, model: reply.model, usage: reply.usage }
    const data = schema.safeParse(reply.data)
    if (!data.success) {
      const issues = data.error.issues.map((issue) => ({
        path: issue.path.join('.'),
        message: issue.message,
      }))
      throw new StepFault(
        'model.reply_invalid',
        `The model's reply to "${purpose}" does not have the shape that was asked for: ${issueText(issues)}`,
        { reply: reply.text, issues, model: reply.model },
      )
    }
    return { text: reply.text, data: data.data, model: reply.model, usage: reply.usage }
  }

  async #fetch(request: HttpRequest): Promise<HttpReply> {
    this.#need('http')
    const { success, data, error } = httpRequestSchema.safeParse(request)
    if (!success) {
      const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      throw new StepFault('http.request_invalid', `The request can't be sent: ${issueText(issues)}`, {
        issues,
      })
    }
    const asked = `{"capability":"http","request":${stringify(data)}}`
    return (await this.#ask(asked, 'The request')) as HttpReply
  }

  async #ask(request: string, what: string): Promise<ModelAnswer | HttpReply> {
    if (this.#waiting.size >= this.#limits.openCalls) {
      throw new StepFault(
        'sandbox.too_many_calls',
        `The node has ${this.#waiting.size} requests open; ${this.#limits.openCalls} are allowed at a time.`,
        { limit: this.#limits.openCalls },
      )
    }
    const call = ++this.#calls
    const message = `{"kind":"call","step":${this.#step},"call":${call},"request":${request}}`
    postText(checkLength(message, this.#limits.outputLength, what))
    const { reply } = await new Promise<ReplyText & { ok: true }>((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject })
    })
    return reply
  }

  #need(capability: Capability): void {
    if (this.#uses.includes(capability)) return
    throw new StepFault(
      'capability.denied',
      `The node used "${capability}", which it has not declared or was not granted.`,
      { capability },
    )
  }

  /** Whether one more message of so many characters may go; the first that may not is replaced by a note. */
  #mayTell(length: number): boolean {
    const { messages, logLength } = this.#limits
    if (this.#messages >= messages) return false
    this.#messages += 1
    this.#told += length
    if (this.#messages < messages && this.#told <= logLength) return true
    this.#messages = messages
    if (this.#uses.includes('log')) {
      const most = `it may send ${messages}, of ${logLength} characters together`
      const message = `Further messages of this step are left out: ${most}.`
      post({ kind: 'log', step: this.#step, message, facts: { truncated: true } })
    }
    return false
  }
}

const clip = (text: string) => {
  const whole = `${text}`
  return whole.length > MAX_LOG_LENGTH ? `${whole.slice(0, MAX_LOG_LENGTH)}…` : whole
}

export const issueText = (issues: { path: string; message: string }[]) =>
  issues
    .slice(0, 5)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ')
