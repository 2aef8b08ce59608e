import { computed, shallowRef } from 'vue'
import type { Failure, Flow } from '#graph'
import { type Outputs, api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'

export type Version = Outputs['flows']['versions'][number]
export type Point = Outputs['drafts']['points'][number]

/** An earlier state of the flow that the draft is compared with. */
export type Earlier = { kind: 'version'; version: Version } | { kind: 'point'; point: Point }

export const keyOf = (earlier: Earlier): string =>
  earlier.kind === 'version' ? `version ${earlier.version.number}` : `point ${earlier.point.number}`

/** Versions and history points of a flow, and the one that the draft is being compared with. */
export function useHistory(flowId: string) {
  const versions = shallowRef<Version[] | null>(null)
  const points = shallowRef<Point[] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const chosen = shallowRef<{ earlier: Earlier; flow: Flow } | null>(null)
  const restoring = shallowRef(false)
  const chosenKey = computed(() => (chosen.value ? keyOf(chosen.value.earlier) : null))
  let latest = 0

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    failure.value = null
    try {
      return await work()
    } catch (error) {
      failure.value = failureFrom(error)
      return null
    }
  }

  async function load() {
    const answer = await attempt(() =>
      Promise.all([api.flows.versions.query({ id: flowId }), api.drafts.points.query({ flowId })]),
    )
    if (answer) [versions.value, points.value] = answer
  }

  async function choose(earlier: Earlier) {
    const turn = ++latest
    const answer = await attempt(() =>
      earlier.kind === 'version'
        ? api.flows.version.query({ versionId: earlier.version.id })
        : api.drafts.point.query({ flowId, number: earlier.point.number }),
    )
    if (answer && turn === latest) chosen.value = { earlier, flow: answer.flow }
  }

  function leave() {
    latest++
    chosen.value = null
  }

  /** Makes the draft what the chosen state was; true when it is. */
  async function restore(): Promise<boolean> {
    const earlier = chosen.value?.earlier
    if (!earlier || restoring.value) return false
    restoring.value = true
    const done = await attempt(async () => {
      if (earlier.kind === 'version') {
        await api.flows.rollBack.mutate({ id: flowId, versionId: earlier.version.id })
      } else {
        await api.drafts.restore.mutate({ flowId, number: earlier.point.number })
      }
      return true
    })
    restoring.value = false
    if (!done) return false
    leave()
    await load()
    return true
  }

  void load()
  return { versions, points, failure, chosen, chosenKey, restoring, load, choose, leave, restore }
}
