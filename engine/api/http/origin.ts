/**
 * Keeps pages of other sites from acting with a signed-in person's cookie. Browsers tell where a request comes from;
 * programs without a browser send no such headers and carry no ambient cookie.
 */
import { isIP } from 'node:net'
import { PressroomError } from '#graph'

export interface RequestOrigin {
  host: string | null
  origin: string | null
  /** The header `Sec-Fetch-Site`. */
  site: string | null
}

const FOREIGN_SITES = new Set(['cross-site', 'same-site'])

/**
 * Our own are the public address and, for a page served by this very host, `localhost` and plain addresses. A host
 * *name* that is not the public one is refused: whoever owns the name could point it here (DNS rebinding).
 */
export function isOwnOrigin(publicUrl: string, origin: string, host: string | null): boolean {
  if (origin === new URL(publicUrl).origin) return true
  if (!URL.canParse(origin)) return false
  const page = new URL(origin)
  const name = page.hostname.replace(/^\[|\]$/g, '')
  return page.host === host && (name === 'localhost' || isIP(name) !== 0)
}

export function refuseForeign(publicUrl: string, request: RequestOrigin): void {
  const foreign = request.site !== null && FOREIGN_SITES.has(request.site)
  const own = request.origin === null || isOwnOrigin(publicUrl, request.origin, request.host)
  if (!foreign && own) return
  throw new PressroomError({
    code: 'auth.foreign_origin',
    message: `Pressroom does not take requests from pages of ${request.origin ?? 'another site'}.`,
    fix: `Open Pressroom at ${publicUrl}, or set PUBLIC_URL to the address in your browser and start it again.`,
    facts: { origin: request.origin, host: request.host },
  })
}
