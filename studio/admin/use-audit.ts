import { computed, reactive, ref, shallowRef } from 'vue'
import { api } from '../app/api.ts'
import type { Outputs } from '../app/api.ts'
import { downloadText } from '../transfer/download.ts'
import { useAct } from '../ui/use-act.ts'
import type { AuditRecord } from './audit-words.ts'

const MOST_PER_REQUEST = 200

export type AuditWanted = Omit<Parameters<typeof api.audit.list.query>[0], 'limit' | 'before'>

export const NO_WISHES = { action: '', actor: '', target: '', outcome: '', from: '', to: '' }

/** From what the fields hold to what the server is asked; days are those of this browser, both included. */
export function wantedOf(wishes: typeof NO_WISHES): AuditWanted {
  const { action, actor, target, outcome, from, to } = wishes
  const wanted: AuditWanted = {}
  if (action) wanted.action = action
  if (actor) wanted.actor = actor
  if (target.trim()) wanted.target = target.trim()
  if (outcome === 'done' || outcome === 'refused' || outcome === 'failed') wanted.outcome = outcome
  if (from) wanted.from = dayStart(from, 0)
  if (to) wanted.to = dayStart(to, 1)
  return wanted
}

function dayStart(day: string, later: number): string {
  const date = new Date(`${day}T00:00`)
  date.setDate(date.getDate() + later)
  return date.toISOString()
}

/** The log as the fields narrow it, newest first, page by page. */
export function useAudit() {
  const wishes = reactive({ ...NO_WISHES })
  const entries = shallowRef<AuditRecord[] | null>(null)
  const next = ref<number | null>(null)
  const exported = ref<number | null>(null)
  const verdict = shallowRef<Outputs['audit']['verify'] | null>(null)
  const { failure, busy, act } = useAct()
  const narrowed = computed(() => Object.keys(wantedOf(wishes)).length > 0)
  let turn = 0

  async function look() {
    const mine = ++turn
    const page = await act(() => api.audit.list.query(wantedOf(wishes)))
    // A later question overtook this one.
    if (!page || mine !== turn) return
    entries.value = page.entries
    next.value = page.next
  }

  async function more() {
    const [mine, before] = [turn, next.value]
    if (before === null) return
    const page = await act(() => api.audit.list.query({ ...wantedOf(wishes), before }))
    if (!page || mine !== turn) return
    entries.value = [...(entries.value ?? []), ...page.entries]
    next.value = page.next
  }

  /** All entries that the fields let through, the newest first, one JSON object a line. */
  async function exportLines() {
    exported.value = 0
    const wanted = wantedOf(wishes)
    await act(async () => {
      const lines: string[] = []
      let before: number | undefined
      do {
        const page = await api.audit.list.query({ ...wanted, limit: MOST_PER_REQUEST, before })
        lines.push(...page.entries.map((entry) => `${JSON.stringify(entry)}\n`))
        exported.value = lines.length
        before = page.next ?? undefined
      } while (before !== undefined)
      downloadText('audit-log.jsonl', lines.join(''), 'application/jsonl')
    })
    exported.value = null
  }

  async function verify() {
    verdict.value = null
    verdict.value = await act(() => api.audit.verify.query())
  }

  return {
    wishes,
    narrowed,
    entries,
    next,
    failure,
    busy,
    exported,
    verdict,
    look,
    more,
    exportLines,
    verify,
  }
}
