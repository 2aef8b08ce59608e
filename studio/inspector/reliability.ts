import { DEFAULT_RETRY, type FlowNode, MAX_TIMEOUT_SECONDS, type NodeSettings } from '#graph'
import type { FieldControl } from './fields.ts'

type NumberControl = Extract<FieldControl, { kind: 'number' }>

const number = (least: number, most: number, integer = true): NumberControl => {
  return { kind: 'number', integer, least, most }
}

/** What a marketer may set of retries and time; `of` reads it from a node, `fallback` holds where nothing is set. */
export const NUMBERS = [
  {
    key: 'attempts',
    title: 'Attempts',
    help: 'How often it is tried in all when a model or a service is busy or away.',
    control: number(1, 20),
    fallback: DEFAULT_RETRY.attempts,
  },
  {
    key: 'firstDelaySeconds',
    title: 'Seconds before the second attempt',
    help: 'Each further wait is three times as long as the one before.',
    control: number(0, 3_600, false),
    fallback: DEFAULT_RETRY.firstDelaySeconds,
  },
  {
    key: 'timeoutSeconds',
    title: 'Stop after so many seconds',
    help: 'One attempt that takes longer is stopped and counts as failed. Empty: an hour.',
    control: number(1, MAX_TIMEOUT_SECONDS),
    fallback: null,
  },
] as const

export type NumberKey = (typeof NUMBERS)[number]['key']

export const numberOf = ({ settings }: Pick<FlowNode, 'settings'>, key: NumberKey): number | undefined =>
  key === 'timeoutSeconds' ? settings?.timeoutSeconds : settings?.retry?.[key]

/** The settings with one number changed, within its limits; undefined takes it away. */
export function withNumber(
  settings: NodeSettings | undefined,
  key: NumberKey,
  value: unknown,
): NodeSettings | null {
  const control = NUMBERS.find((one) => one.key === key)?.control
  const { least, most } = { least: control?.least ?? 0, most: control?.most ?? 0 }
  const kept = typeof value === 'number' ? Math.min(Math.max(value, least), most) : undefined
  if (key === 'timeoutSeconds') return withoutEmpty({ ...settings, timeoutSeconds: kept })
  return withoutEmpty({ ...settings, retry: withoutEmpty({ ...settings?.retry, [key]: kept }) ?? undefined })
}

/** Null where nothing is set, so that a node without settings has none in its document. */
export function withoutEmpty<T extends object>(fields: T): T | null {
  const set = Object.entries(fields).filter(([, value]) => value !== undefined)
  return set.length === 0 ? null : (Object.fromEntries(set) as T)
}

/** What is not as it is for every node, in a few words. */
export function summaryOf({ settings }: Pick<FlowNode, 'settings'>): string {
  const { retry, timeoutSeconds, onError, onUncertain, needsApproval } = settings ?? {}
  const words = [
    needsApproval ? 'needs approval' : needsApproval === false ? 'needs no approval' : '',
    retry?.attempts === 1 ? 'no second attempt' : retry?.attempts ? `${retry.attempts} attempts` : '',
    timeoutSeconds ? `${timeoutSeconds} s at most` : '',
    onError === 'port' ? 'failures go on' : '',
    onUncertain && onUncertain !== 'ask' ? 'no question when cut short' : '',
  ].filter(Boolean)
  return words.join(', ') || 'as usual'
}
