/** JSON as people edit it: indented; nothing at all where there is no value. */
export const jsonText = (value: unknown): string =>
  value === undefined ? '' : JSON.stringify(value, null, 2)

type Read = { value: unknown; fault: null } | { value: undefined; fault: string }

/** What was typed as JSON, or what is wrong with it in words. An emptied field has no value. */
export function jsonIn(typed: string): Read {
  if (typed.trim() === '') return { value: undefined, fault: null }
  try {
    return { value: JSON.parse(typed), fault: null }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { value: undefined, fault: `This is not JSON yet: ${reason}.` }
  }
}
