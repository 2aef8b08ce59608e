import { z } from 'zod'
import type { Capability, Host, ModelReply, ModelRequest } from '#sdk'
import { parse, stringify } from './harden.ts'
import { StepFault, hostError } from './failures.ts'
import { checkLength, post, postText } from './outbox.ts'

export interface GuestLimits {
  outputLength: number
  messages: number
  openCalls: number
}

type ReplyText =
  | {
      call: number
      ok: true
      reply: { text: string; data: unknown; model: string; usage: ModelReply<null>['usage'] }
    }
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
      log: (message, facts) => this.log(message, facts),
      progress: (message) => {
        this.#need('progress')
        if (this.#mayTell()) post({ kind: 'progress', step: this.#step, message: clip(message) })
      },
      random: this.#random,
    }
  }

  log(message: string, facts: Record<string, unknown> = {}): void {
    this.#need('log')
    if (!this.#mayTell()) return
    const known = stringify(facts) ?? '{}'
    const kept =
      known.length > MAX_LOG_LENGTH ? stringify({ omitted: `${known.length} characters of facts` }) : known
    postText(`{"kind":"log","step":${this.#step},"message":${stringify(clip(message))},"facts":${kept}}`)
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
    if (this.#waiting.size >= this.#limits.openCalls) {
      throw new StepFault(
        'sandbox.too_many_calls',
        `The node has ${this.#waiting.size} model requests open; ${this.#limits.openCalls} are allowed at a time.`,
        { limit: this.#limits.openCalls },
      )
    }
    const facts = stringify({ model, system, prompt: `${prompt}`, purpose: clip(purpose) })
    const asked = schema === undefined ? facts : `${facts.slice(0, -1)},"schema":${schemaText(schema)}}`
    const call = ++this.#calls
    const message = `{"kind":"call","step":${this.#step},"call":${call},"request":${asked}}`
    postText(checkLength(message, this.#limits.outputLength, 'The model request'))
    const { reply } = await new Promise<ReplyText & { ok: true }>((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject })
    })
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

  #need(capability: Capability): void {
    if (this.#uses.includes(capability)) return
    throw new StepFault('capability.denied', `The node used "${capability}" without declaring it.`, {
      capability,
    })
  }

  #mayTell(): boolean {
    this.#messages += 1
    if (this.#messages < this.#limits.messages) return true
    if (this.#messages === this.#limits.messages && this.#uses.includes('log')) {
      const message = `Further messages of this step are left out: it may send ${this.#limits.messages}.`
      post({ kind: 'log', step: this.#step, message, facts: {} })
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
