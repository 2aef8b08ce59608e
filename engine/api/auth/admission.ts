import type { AccessChanges, Principal } from '#access'

/** A change that nobody heard of, such as a key that expires, counts after this time at the latest. */
const LOOK_AGAIN_MS = 7_000

/** Whether the reader of a stream that stays open may go on. */
export interface Admission {
  /** Calls back as soon as it may have changed. Returns a function that ends it. */
  watch(onChange: () => void): () => void
  /** Rejects when the reader may not go on. Looks only where there is a reason to. */
  admit(): Promise<void>
}

export function admissionOf(
  changes: AccessChanges,
  { organisation, id, email }: Principal,
  check: () => Promise<void>,
): Admission {
  // Something may have changed between the request itself and the beginning of the watch.
  let changed = true
  let looked = 0
  return {
    watch(onChange) {
      const who = { organisationId: organisation.id, userId: email === null ? null : id }
      return changes.watch(who, () => {
        changed = true
        onChange()
      })
    },
    async admit() {
      if (!changed && performance.now() - looked < LOOK_AGAIN_MS) return
      changed = false
      looked = performance.now()
      await check()
    },
  }
}
