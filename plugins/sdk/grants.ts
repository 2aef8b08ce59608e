/** What an organisation lets a plugin do. What is not named is not granted. */
import { z } from 'zod'

const amount = z.number().int().min(0).max(1_000_000_000)

/** Of one step. `perMinute`: how often at most in any minute. `bytes`: what goes out and comes back together. */
const quota = { bytes: amount.optional(), perMinute: amount.optional() }

/**
 * `api.example.com` is that host alone, `*.example.com` any host below it. Ports 443 and 80 are meant where none is
 * named (`api.example.com:8443`).
 */
export const hostPatternSchema = z
  .string()
  .max(260)
  .regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*(:\d{1,5})?$/i,
    'must be a host such as api.example.com or *.example.com',
  )

const granted = <S extends z.ZodRawShape>(shape: S) =>
  z.union([z.boolean(), z.strictObject({ ...quota, ...shape })]).default(false)

export const grantsSchema = z.strictObject({
  model: granted({ calls: amount.optional() }),
  http: z
    .union([
      z.literal(false),
      z.strictObject({ ...quota, hosts: z.array(hostPatternSchema).max(100), requests: amount.optional() }),
    ])
    .default(false),
  log: granted({ lines: amount.optional() }),
  progress: granted({ lines: amount.optional() }),
  /** Below what every plugin may take; never above. */
  limits: z
    .strictObject({
      wallMs: z.number().int().min(1).max(3_600_000).optional(),
      cpuMs: z.number().int().min(1).max(60_000).optional(),
      memoryMb: z.number().int().min(16).max(128).optional(),
    })
    .default({}),
})
export type Grants = z.infer<typeof grantsSchema>
export type GivenGrants = z.input<typeof grantsSchema>

export interface Quota {
  calls: number
  bytes: number
  perMinute: number
}

const MEGABYTE = 1024 * 1024
/** What a grant without figures comes to. */
export const DEFAULT_QUOTAS = {
  model: { calls: 100, bytes: 64 * MEGABYTE, perMinute: 600 },
  http: { calls: 20, bytes: 8 * MEGABYTE, perMinute: 60 },
  log: { calls: 500, bytes: MEGABYTE / 4, perMinute: 10_000 },
  progress: { calls: 500, bytes: MEGABYTE / 4, perMinute: 10_000 },
} as const satisfies Record<string, Quota>

/** How much of a capability is granted; null for none of it. */
export function quotaOf(grants: Grants, capability: keyof typeof DEFAULT_QUOTAS): Quota | null {
  const grant = grants[capability]
  if (grant === false) return null
  const usual = DEFAULT_QUOTAS[capability]
  if (grant === true) return { ...usual }
  const named = Object.entries(grant).find(([name]) => ['calls', 'requests', 'lines'].includes(name))?.[1]
  return {
    calls: typeof named === 'number' ? named : usual.calls,
    bytes: grant.bytes ?? usual.bytes,
    perMinute: grant.perMinute ?? usual.perMinute,
  }
}
