import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { BriefInput, Failure, Finding, Plan, Trial } from '#graph'
import { api } from '../app/api.ts'
import { useMay } from '../app/use-may.ts'
import { useSession } from '../app/session.ts'
import { failureFrom } from '../ui/failure.ts'
import { forget, load, save } from '../ui/local-storage.ts'
import { type BriefDraft, draftOf, emptyDraft, isEmpty, readDraft } from './brief-draft.ts'
import { type BriefFaults, checkBrief } from './brief-faults.ts'
import { type BriefTarget, flowTarget, templateTarget } from './brief-target.ts'

const PLAN_AFTER_MS = 350

/** A brief being answered: kept in the browser, checked as it is typed, and planned before it is run. */
export function useBrief(
  props: () => {
    template?: string
    flow?: string
    test?: boolean
    /** The part of the draft that is tried. */
    trial?: Trial
    /** Nothing that runs reads the brief. */
    unread?: boolean
  },
) {
  const mayStart = useMay('run:start')
  const session = useSession()
  const target = shallowRef<BriefTarget | null>(null)
  const draft = ref<BriefDraft>(emptyDraft())
  const tried = ref(false)
  const starting = ref(false)
  const plan = shallowRef<Plan | null>(null)
  const findings = shallowRef<readonly Finding[]>([])
  const failure = shallowRef<Failure | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let planning = 0

  const form = computed(() => (props().unread ? [] : (target.value?.form ?? [])))
  const checked = computed(() =>
    form.value.length === 0 ? { brief: null, faults: null } : checkBrief(draft.value, form.value),
  )
  const faults = computed<BriefFaults>(() => (tried.value ? (checked.value.faults ?? {}) : {}))
  const openFaults = computed(() => Object.keys(faults.value).length)
  const dirty = computed(() => !isEmpty(draft.value))
  const storageKey = () => `pressroom.brief.${session.current?.user.id}.${target.value?.key}`

  async function reload() {
    failure.value = null
    try {
      const { template, flow, test } = props()
      target.value = flow ? await flowTarget(flow, test) : await templateTarget(template ?? '')
      draft.value = load(storageKey(), readDraft) ?? emptyDraft()
      await makePlan()
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  /** The plan follows from the flow, so the sample brief stands in until the person's own one is complete. */
  async function makePlan() {
    if (!target.value || !mayStart.value) return
    const turn = ++planning
    const brief = checked.value.brief ?? target.value.sample
    try {
      const answer = await api.runs.plan.query({
        target: target.value.target,
        input: inputOf(brief),
        trial: props().trial,
      })
      if (turn !== planning) return
      plan.value = answer.plan
      findings.value = answer.findings.filter(
        // What the brief itself still lacks is shown at its fields.
        ({ severity, path }) =>
          severity === 'error' && (checked.value.brief || !/(^|\.)brief(\.|$)/.test(path)),
      )
    } catch (error) {
      if (turn === planning) failure.value = failureFrom(error)
    }
  }

  watch(draft, (next) => {
    if (!target.value) return
    if (isEmpty(next)) forget(storageKey())
    else save(storageKey(), next)
    failure.value = null
    clearTimeout(timer)
    if (checked.value.brief) timer = setTimeout(makePlan, PLAN_AFTER_MS)
  })
  onScopeDispose(() => clearTimeout(timer))

  function useSample() {
    if (target.value?.sample) draft.value = draftOf(target.value.sample)
  }

  function clear() {
    draft.value = emptyDraft()
    tried.value = false
  }

  /** Where the first missing answer is, in the order of the form; from now on missing answers are shown. */
  function firstFault(): string | null {
    tried.value = true
    const places = Object.keys(checked.value.faults ?? {})
    const key = form.value.find((field) => places.some((place) => place.split('.')[0] === field.key))?.key
    return key ?? places[0] ?? null
  }

  /** The new run's id, or null with `failure` set. */
  async function start(): Promise<string | null> {
    if (!target.value || starting.value) return null
    starting.value = true
    try {
      const { runId } = await api.runs.start.mutate({
        target: target.value.target,
        input: inputOf(checked.value.brief),
        trial: props().trial,
      })
      return runId
    } catch (error) {
      failure.value = failureFrom(error)
      return null
    } finally {
      starting.value = false
    }
  }

  void reload()
  return {
    target,
    form,
    draft,
    faults,
    openFaults,
    dirty,
    plan,
    findings,
    failure,
    starting,
    reload,
    useSample,
    clear,
    firstFault,
    start,
  }
}

const inputOf = (brief: BriefInput | null) => (brief ? { brief } : {})
