import type { AnsweringParts } from './answer-wait.ts'
import type { ApprovalStore, Approvals } from './interfaces.ts'
import { resolve } from './waits.ts'

export function createApprovals<Acting extends { organisationId: string }>(
  store: ApprovalStore<Acting>,
  { cache, hint }: Pick<AnsweringParts, 'cache' | 'hint'>,
): Approvals<Acting> {
  return {
    list: store.list,
    get: store.get,
    evaluations: store.evaluations,
    async decide(acting, id, by, wish) {
      const { organisationId } = acting
      const found = await store.get(organisationId, id, by.id)
      if (!found) return null
      const { runId, stepId, attempt } = found
      const compiled = await cache.get(organisationId, runId)
      const answer = (
        run: Parameters<typeof resolve>[0],
        value: Parameters<typeof resolve>[3]['value'],
        name: string,
      ) => resolve(run, compiled, found, { value, by: name }).writes
      const decided = await store.decide(acting, found, by, wish, answer)
      if (decided.resumed) hint([{ organisationId, runId, stepId, attempt }])
      return decided
    },
  }
}
