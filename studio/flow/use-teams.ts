import { shallowRef, watch } from 'vue'
import { type Outputs, api } from '../app/api.ts'
import { useMay } from '../app/use-may.ts'
import { useAct } from '../ui/use-act.ts'

/** The organisation's teams, for whoever may know of them; nobody else is shown any. */
export function useTeams() {
  const known = useMay('member:read')
  const teams = shallowRef<Outputs['teams']['list']>([])
  const { failure, act } = useAct()
  async function load() {
    teams.value = known.value ? ((await act(() => api.teams.list.query())) ?? []) : []
  }
  watch(known, load, { immediate: true })
  const teamName = (id: string) => teams.value.find((team) => team.id === id)?.name ?? ''
  return { teams, failure, teamName }
}
