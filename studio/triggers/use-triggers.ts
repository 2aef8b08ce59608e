import { computed } from 'vue'
import type { TriggerCall } from '#graph'
import { type Outputs, api } from '../app/api.ts'
import { useMay } from '../app/use-may.ts'
import { flowTarget } from '../brief/brief-target.ts'
import { useAct } from '../ui/use-act.ts'
import { useLoad } from '../ui/use-load.ts'

export type Trigger = Outputs['triggers']['list']['triggers'][number]
export type FlowToTrigger = Outputs['triggers']['list']['flow']
export type Call = TriggerCall

/** The triggers of a flow and what the page needs to word and fill them. */
export function useTriggers(flowId: () => string) {
  const mayPublish = useMay('flow:publish')
  const mayStart = useMay('run:start')
  const { data, failure, reload } = useLoad(async () => {
    const [found, target, flows] = await Promise.all([
      api.triggers.list.query({ flowId: flowId() }),
      flowTarget(flowId()),
      api.flows.list.query(),
    ])
    return { ...found, target, flows }
  })
  const { failure: refused, act } = useAct()
  /** Saving takes both: what starts by itself starts as whoever saved it. */
  const mayChange = computed(() => mayPublish.value && mayStart.value)

  async function change<T>(work: () => Promise<T>): Promise<T | null> {
    const done = await act(work)
    await reload()
    return done
  }
  return { data, failure, refused, reload, change, mayChange, mayStart }
}
