import { calendarOutline, documentTextOutline, flashOutline, gitNetworkOutline } from 'ionicons/icons'
import type { CallStatus, TriggerKind, TriggerSettings } from '#graph'
import { WEEKDAYS, clockOf, repeatOf } from '../inspector/schedule.ts'

export const KINDS: Record<TriggerKind, { name: string; icon: string; lead: string }> = {
  schedule: {
    name: 'Schedule',
    icon: calendarOutline,
    lead: 'Starts at set times, such as every Monday at nine.',
  },
  webhook: {
    name: 'Webhook',
    icon: flashOutline,
    lead: 'Starts when another program sends something to an address.',
  },
  form: {
    name: 'Form',
    icon: documentTextOutline,
    lead: 'A page with the questions of the brief. Whoever answers them starts the flow.',
  },
  flow: {
    name: 'After another flow',
    icon: gitNetworkOutline,
    lead: 'Starts when a run of another flow has ended, with what it came to.',
  },
}

export const MISSED: Record<'skip' | 'once' | 'all', string> = {
  skip: 'Let them pass',
  once: 'Run once for all of them',
  all: 'Run for each of them',
}

export const ENDINGS: Record<'succeeded' | 'failed' | 'both', string> = {
  succeeded: 'finishes',
  failed: 'fails',
  both: 'finishes or fails',
}

export const SIGNING: Record<'none' | 'standard' | 'hub', { name: string; lead: string }> = {
  none: {
    name: 'Not signed',
    lead: 'Whoever knows the address can deliver. Fine for trying it out, and for senders that can’t sign.',
  },
  standard: {
    name: 'Signed (Standard Webhooks)',
    lead: 'The sender signs each delivery with a secret. Forged and old deliveries are refused.',
  },
  hub: {
    name: 'Signed as GitHub does',
    lead: 'For senders that put X-Hub-Signature-256 on what they send.',
  },
}

export const CALLS: Record<CallStatus, { name: string; tone: string }> = {
  accepted: { name: 'Starting', tone: 'waiting' },
  started: { name: 'Started a run', tone: 'good' },
  refused: { name: 'Refused', tone: 'bad' },
  skipped: { name: 'Let pass', tone: '' },
}

const ordinal = new Intl.PluralRules('en', { type: 'ordinal' })
const ENDINGS_OF_NUMBERS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }
const nth = (day: number) => `${day}${ENDINGS_OF_NUMBERS[ordinal.select(day)] ?? 'th'}`
const listed = new Intl.ListFormat('en-GB')

/** "Every Monday and Friday at 09:00". */
export function scheduleWords(cron: string): string {
  const repeat = repeatOf(cron)
  switch (repeat.kind) {
    case 'hour':
      return `Every hour at ${String(repeat.minute).padStart(2, '0')} minutes past`
    case 'day':
      return `Every day at ${clockOf(repeat)}`
    case 'week': {
      const days = WEEKDAYS.filter(({ day }) => repeat.days.includes(day)).map(({ name }) => name)
      return `Every ${days.length === WEEKDAYS.length ? 'day' : listed.format(days)} at ${clockOf(repeat)}`
    }
    case 'month':
      return `On the ${nth(repeat.day)} of every month at ${clockOf(repeat)}`
    case 'own':
      return `By the cron expression ${repeat.cron}`
  }
}

/** One sentence on when and how it starts the flow. */
export function sentenceOf(settings: TriggerSettings, flowName: (id: string) => string): string {
  switch (settings.kind) {
    case 'schedule':
      return `${scheduleWords(settings.cron)}, by the clocks of ${settings.timeZone.replaceAll('_', ' ')}.`
    case 'webhook':
      return `${settings.signing === 'none' ? 'Takes every delivery' : 'Takes signed deliveries'} and answers ${
        settings.answer === 'at-once'
          ? 'at once'
          : `with the result, or after ${settings.waitSeconds} s with a link to it`
      }.`
    case 'form':
      return settings.access === 'public'
        ? 'Anybody who has the link can answer.'
        : 'Members can answer once signed in.'
    case 'flow':
      return `When “${flowName(settings.sourceFlowId)}” ${ENDINGS[settings.on]}.`
  }
}
