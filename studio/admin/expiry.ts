const DAY_MS = 86_400_000

/** How long a key may work. */
export const EXPIRIES = [
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
  { days: 365, name: 'A year' },
  { days: null, name: 'Until it is revoked' },
] as const

export const expiryAfter = (days: number | null, now: number): string | undefined =>
  days === null ? undefined : new Date(now + days * DAY_MS).toISOString()
