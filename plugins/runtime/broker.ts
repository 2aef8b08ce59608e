/**
 * Decides on every request that comes out of an isolate, one step's: what the node declared and was granted, how often,
 * how much and how fast. The guest refuses the same before; node code may have tampered with that, never with this.
 */
import { CAPABILITIES, DEFAULT_QUOTAS, quotaOf } from '#graph'
import type { Capability, Failure, Grants, NodeManifest, Quota } from '#graph'
import { denied, exhausted, type NodeFacts } from './failures.ts'

const MINUTE_MS = 60_000

interface Account {
  quota: Quota
  calls: number
  bytes: number
  /** When the calls of the last minute were made, oldest first. */
  made: number[]
}

export class Broker {
  readonly #node: NodeFacts
  readonly #accounts = new Map<Capability, Account>()
  readonly #now: () => number

  /** Without `grants`, as in flows of built-in nodes, what a node declares is granted, all but the network. */
  constructor(
    node: NodeFacts,
    { uses }: NodeManifest,
    grants: Grants | undefined,
    now = () => performance.now(),
  ) {
    this.#node = node
    this.#now = now
    for (const capability of CAPABILITIES) {
      if (!uses.includes(capability)) continue
      const unbounded = capability === 'http' ? null : { ...DEFAULT_QUOTAS[capability], ...UNBOUNDED }
      const quota = grants ? quotaOf(grants, capability) : unbounded
      if (quota) this.#accounts.set(capability, { quota, calls: 0, bytes: 0, made: [] })
    }
  }

  get granted(): Capability[] {
    return [...this.#accounts.keys()]
  }

  /** Counts one use of so many bytes. The failure, where it may not be. */
  use(capability: Capability, bytes: number): Failure | null {
    const account = this.#accounts.get(capability)
    if (!account) return denied(this.#node, capability)
    const { quota, made } = account
    const now = this.#now()
    while (made[0] !== undefined && now - made[0] >= MINUTE_MS) made.shift()
    if (account.calls >= quota.calls) return exhausted(this.#node, capability, 'calls', quota.calls)
    if (made.length >= quota.perMinute)
      return exhausted(this.#node, capability, 'calls a minute', quota.perMinute)
    account.calls += 1
    if (Number.isFinite(quota.perMinute)) made.push(now)
    return this.weigh(capability, bytes)
  }

  /** Counts what comes back. */
  weigh(capability: Capability, bytes: number): Failure | null {
    const account = this.#accounts.get(capability)
    if (!account) return denied(this.#node, capability)
    account.bytes += bytes
    return account.bytes <= account.quota.bytes
      ? null
      : exhausted(this.#node, capability, 'bytes', account.quota.bytes)
  }
}

/** The gateway has the plan's own figures for model calls, the guest those for messages. */
const UNBOUNDED = { calls: Infinity, bytes: Infinity, perMinute: Infinity }
