import { type Ref, computed, ref, shallowRef, watch } from 'vue'
import type { ApprovalVerdict } from '#graph'
import { type Outputs, api } from '../app/api.ts'
import { type Act, useAct } from '../ui/use-act.ts'

type Approval = Outputs['approvals']['get']

interface Done {
  verdict: ApprovalVerdict
  decided: Outputs['approvals']['decide']['approval']
  /** Whom it went to, where it went to somebody. */
  to: string
}

/** What one does with what waits. What was typed stays when somebody else changes the text meanwhile. */
export function useDeciding(approval: Ref<Approval | null>, reload: () => Promise<void>) {
  const { failure, busy, act }: Act = useAct()
  const text = ref('')
  const editing = ref(false)
  const done = shallowRef<Done | null>(null)
  const changed = computed(() => approval.value !== null && text.value !== approval.value.text)

  watch(approval, (now, before) => {
    if (!now) return
    const untouched = !before || before.id !== now.id || text.value === before.text
    if (untouched) text.value = now.text
    if (before && before.id !== now.id) done.value = null
  })

  function reset() {
    text.value = approval.value?.text ?? ''
    editing.value = false
  }

  async function finish(
    verdict: ApprovalVerdict,
    to: string,
    work: () => Promise<Outputs['approvals']['decide']>,
  ) {
    const answer = await act(work)
    // Somebody else was faster: what is there now has to be seen before one decides.
    if (!answer) {
      await reload()
      return false
    }
    done.value = { verdict, decided: answer.approval, to }
    editing.value = false
    await reload()
    return true
  }

  function decide(verdict: 'approved' | 'rejected', notes = '') {
    const { id, contentHash } = approval.value as Approval
    return finish(verdict, '', () => api.approvals.decide.mutate({ id, contentHash, verdict, notes }))
  }

  function sendBack(to: string, notes: string) {
    const { id, contentHash, sendBackTo } = approval.value as Approval
    const name = sendBackTo.find((one) => one.id === to)?.name ?? ''
    const wish = { id, contentHash, verdict: 'sent_back' as const, notes, to }
    return finish('sent_back', name, () => api.approvals.decide.mutate(wish))
  }

  function saveAndApprove() {
    const { id, contentHash } = approval.value as Approval
    const wish = { id, contentHash, verdict: 'edited' as const, text: text.value }
    return finish('edited', '', () => api.approvals.decide.mutate(wish))
  }

  function delegate(userId: string, notes: string) {
    const { id, contentHash, others } = approval.value as Approval
    const to = others.find((one) => one.id === userId)?.name ?? ''
    return finish('delegated', to, () => api.approvals.delegate.mutate({ id, contentHash, userId, notes }))
  }

  return { failure, busy, text, editing, changed, done, reset, decide, sendBack, saveAndApprove, delegate }
}
