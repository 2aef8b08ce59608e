import { type ReplayKind, type RunStatus, isTerminal } from '#graph'

interface Ended {
  status: RunStatus
  failedSteps: number
}

/** What a button for it says; null where there is nothing to try again. */
export function retryWords({ status, failedSteps }: Ended): string | null {
  if (!isTerminal(status)) return null
  if (status === 'cancelled') return 'Run what is left'
  return failedSteps > 0 || status === 'failed' ? 'Retry failed steps' : null
}

export const KIND_WORDS: Record<ReplayKind, string> = { retry: 'Retry', rerun: 'Run again' }
