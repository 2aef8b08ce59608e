/** Tells at once when what somebody may do may have changed: their role, teams, session, key, or whose a flow is. */
export interface AccessChanges {
  /** `userId` is null for a service account. Returns a function that ends it. A hint to look again, and no more. */
  watch(who: { organisationId: string; userId: string | null }, onChange: () => void): () => void
}
