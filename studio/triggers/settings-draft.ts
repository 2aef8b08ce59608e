import type {
  FlowSettings,
  FormSettings,
  ScheduleSettings,
  TriggerKind,
  TriggerSettings,
  WebhookSettings,
} from '#graph'
import { ownTimeZone } from '../inspector/schedule.ts'

/** Settings of every kind while one of them is being chosen and written; how the brief is filled is beside them. */
export interface SettingsDraft {
  schedule: Omit<ScheduleSettings, 'brief'>
  webhook: Omit<WebhookSettings, 'brief'>
  form: FormSettings
  flow: Omit<FlowSettings, 'brief'>
}

const defaults = (flowName: string): SettingsDraft => ({
  schedule: { kind: 'schedule', cron: '0 9 * * 1', timeZone: ownTimeZone(), missed: 'once', maxMissed: 10 },
  webhook: {
    kind: 'webhook',
    signing: 'none',
    toleranceSeconds: 300,
    deliveryHeader: null,
    dedupeHours: 24,
    answer: 'at-once',
    waitSeconds: 25,
  },
  form: { kind: 'form', access: 'members', title: flowName, intro: '', thanks: '' },
  flow: { kind: 'flow', sourceFlowId: '', on: 'succeeded', maxInARow: 5 },
})

export function settingsDraft(settings: TriggerSettings | null, flowName: string): SettingsDraft {
  const draft = defaults(flowName)
  return settings ? { ...draft, [settings.kind]: withoutBrief(settings) } : draft
}

function withoutBrief(settings: TriggerSettings) {
  if (settings.kind === 'form') return settings
  const { brief: _, ...rest } = settings
  return rest
}

/** Null while something is missing. */
export function settingsOf(
  draft: SettingsDraft,
  kind: TriggerKind,
  brief: ScheduleSettings['brief'],
  takesBrief: boolean,
): TriggerSettings | null {
  if (kind === 'form') return draft.form
  if (takesBrief && brief === null) return null
  if (kind === 'flow' && draft.flow.sourceFlowId === '') return null
  return { ...draft[kind], brief: takesBrief ? brief : null }
}
