import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import type { Flow } from '#graph'
import type { Client } from './signed-in.ts'

const AT_A_TIME = 32
const AGAIN_AFTER_MS = 250
const GIVES_UP_AFTER = 400

/** One step that asks no model: what is left is accepting, starting and ending. */
const flow: Flow = {
  schemaVersion: 1,
  name: 'What came in',
  description: '',
  nodes: [
    {
      id: 'brief',
      type: 'brief',
      version: 1,
      position: { x: 0, y: 0 },
      config: { contentType: 'blog-post' },
    },
  ],
  edges: [],
  notes: [],
  groups: [],
  subflows: [],
  limits: { maxLocalConcurrent: 1, maxCloudConcurrent: 5 },
}

/** A published flow with a webhook whose deliveries name the topic. */
export async function trivialWebhook(
  client: Client,
): Promise<{ path: string; triggerId: string; flowId: string }> {
  const { id: flowId } = await client.flows.import.mutate({ document: flow })
  await client.flows.publish.mutate({ id: flowId })
  const { trigger } = await client.triggers.create.mutate({
    flowId,
    name: 'Shop',
    settings: {
      kind: 'webhook',
      signing: 'none',
      answer: 'at-once',
      brief: {
        topic: '{{ topic }}',
        audience: 'Cooks',
        goal: 'Sell',
        keyPoints: ['Fresh'],
        tone: 'casual',
      },
    },
  })
  return { path: trigger.path ?? '', triggerId: trigger.id, flowId }
}

export interface Sent {
  /** Of the delivery. */
  id: string
  callId: string
  duplicate: boolean
  /** How often it was sent until somebody answered. */
  tries: number
  /** Of the answer that came. */
  ms: number
}

/** Sends as senders of webhooks do: again, under the same id, until it is taken. */
export async function deliverAll(
  url: string,
  {
    count,
    distinct,
    atATime = AT_A_TIME,
    onAnswer = () => {},
  }: { count: number; distinct: number; atATime?: number; onAnswer?: (answered: number) => void },
): Promise<Sent[]> {
  const dispatcher = new Agent({ connections: atATime, headersTimeout: 30_000, bodyTimeout: 30_000 })
  const sent: Sent[] = []
  let next = 0
  const lane = async () => {
    while (next < count) {
      const id = `delivery-${next++ % distinct}`
      sent.push(await deliver(url, id, dispatcher))
      onAnswer(sent.length)
    }
  }
  await Promise.all(Array.from({ length: atATime }, lane))
  await dispatcher.destroy()
  return sent
}

async function deliver(url: string, id: string, dispatcher: Agent): Promise<Sent> {
  for (let tries = 1; tries <= GIVES_UP_AFTER; tries++) {
    const started = performance.now()
    try {
      const response = await request(url, {
        method: 'POST',
        dispatcher,
        headers: { 'content-type': 'application/json', 'webhook-id': id },
        body: JSON.stringify({ topic: id }),
      })
      const text = await response.body.text()
      if (response.statusCode === 202) {
        const { callId, duplicate } = JSON.parse(text) as { callId: string; duplicate: boolean }
        return { id, callId, duplicate, tries, ms: performance.now() - started }
      }
      if (response.statusCode < 500) throw new Refused(`${response.statusCode}: ${text}`)
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    await sleep(AGAIN_AFTER_MS)
  }
  throw new Error(`nobody took ${id}`)
}

class Refused extends Error {}
