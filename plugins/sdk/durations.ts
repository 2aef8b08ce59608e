import { z } from 'zod'

const SECONDS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const

export const DURATION_UNITS = ['seconds', 'minutes', 'hours', 'days'] as const

/** Two fields of a form that say how long: a number and its unit. */
export const durationFields = (amount: number, unit: (typeof DURATION_UNITS)[number]) => ({
  amount: z.number().min(0).max(100_000).default(amount),
  unit: z.enum(DURATION_UNITS).default(unit),
})

export const secondsOf = ({ amount, unit }: { amount: number; unit: keyof typeof SECONDS }): number =>
  Math.min(amount * SECONDS[unit], MAX_SECONDS)

/** Five years; nothing waits longer than that. */
export const MAX_SECONDS = 5 * 366 * 86_400
