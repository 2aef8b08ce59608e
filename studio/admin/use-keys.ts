import { api } from '../app/api.ts'
import type { Outputs } from '../app/api.ts'
import { confirmed } from '../ui/ask.ts'
import { useAct } from '../ui/use-act.ts'

/** What can be done with keys that are there; `reload` fetches them anew. */
export function useKeys(reload: () => Promise<void>) {
  const { failure, act } = useAct()

  async function revoke({ id, name }: Outputs['keys']['list'][number]) {
    const sure = await confirmed(
      `Revoke the key “${name}”?`,
      'Whatever uses it is refused from this moment on. This can’t be undone.',
      'Revoke',
    )
    if (!sure) return
    await act(() => api.keys.revoke.mutate({ id }))
    await reload()
  }

  return { failure, act, revoke }
}
