import type { AccessChanges } from '#access'
import { createNotices } from './notices.ts'

/** Triggers of the database send the ids of organisations, and of people whose sessions changed. */
export function createAccessChanges(
  connectionString: string,
  onError: (error: unknown) => void,
): AccessChanges & { close(): Promise<void> } {
  const notices = createNotices(connectionString, 'pressroom_access', onError)
  return {
    watch({ organisationId, userId }, onChange) {
      const ends = [organisationId, userId].flatMap((id) => (id === null ? [] : notices.watch(id, onChange)))
      return () => ends.forEach((end) => end())
    },
    close: () => notices.close(),
  }
}
