import { useRouter } from 'vue-router'
import { api } from '../app/api.ts'
import { useAct } from '../ui/use-act.ts'

/** New runs of one that has ended. Each leads to the page of the new one. */
export function useReplay(runId: string) {
  const router = useRouter()
  const { failure, busy, act } = useAct()

  async function started(work: () => Promise<{ runId: string }>): Promise<boolean> {
    const run = await act(work)
    if (run) await router.push(`/runs/${run.runId}`)
    return run !== null
  }

  return {
    failure,
    busy,
    retry: () => started(() => api.runs.retry.mutate({ id: runId })),
    rerun: (wish: Omit<Parameters<typeof api.runs.rerunFrom.mutate>[0], 'runId'>) =>
      started(() => api.runs.rerunFrom.mutate({ runId, ...wish })),
  }
}
