/** Nobody appears under another's name: who a client is comes from its session, whatever it says of itself. */
export function nameInPresence(
  states: Map<number, unknown>,
  { id, name }: { id: string; name: string },
): void {
  for (const [client, state] of states) {
    if (state === null || typeof state !== 'object') {
      states.delete(client)
      continue
    }
    const said = 'user' in state && typeof state.user === 'object' ? state.user : null
    Object.assign(state, { user: { ...said, id, name } })
  }
}
