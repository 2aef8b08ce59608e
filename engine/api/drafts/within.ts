import { setTimeout as sleep } from 'node:timers/promises'
import { PressroomError } from '#graph'

/** Work on a draft's storage that has to end in time; afterwards it may still succeed, unseen. */
export async function within<T>(ms: number, work: Promise<T>, flowId: string): Promise<T> {
  const late = new AbortController()
  const tooLate = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new PressroomError({
      code: 'draft.not_stored',
      message: 'The draft could not be stored in time.',
      fix: 'Look whether the database answers, then try again; what was typed is kept in the browser.',
      retryable: true,
      facts: { flowId },
    })
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    // The race is decided: that nobody waits for the clock any more is no failure.
    tooLate.catch(() => {})
    late.abort()
  }
}
