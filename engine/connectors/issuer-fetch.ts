/** HTTP to issuers, whose addresses admins type and discovery documents name: encrypted, unless on this very machine. */
import type { CustomFetch } from 'openid-client'
import { PressroomError } from '#graph'
import { createGuardedHttp } from './guarded-http.ts'

const HERE = new Set(['localhost', '127.0.0.1', '[::1]'])

export function createIssuerFetch(): { fetch: CustomFetch; close(): Promise<void> } {
  const http = createGuardedHttp({ inside: true, refused })
  return {
    async fetch(address, { method, headers, body, signal }) {
      const url = new URL(address)
      const plain = url.protocol === 'http:' && HERE.has(url.hostname)
      if (url.protocol !== 'https:' && !plain) throw refused(url.origin)
      const answer = await http.request(url, {
        method: method === 'POST' ? 'POST' : 'GET',
        headers,
        body: body instanceof URLSearchParams ? body.toString() : null,
        ...(signal ? { signal } : {}),
      })
      const given = Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((one): [string, string] => [name, one]),
      )
      return new Response(await answer.body.text(), { status: answer.statusCode, headers: given })
    },
    close: () => http.close(),
  }
}

const refused = (where: string) =>
  new PressroomError({
    code: 'input.issuer',
    message: `Pressroom does not ask ${where}: an issuer has an https address.`,
    fix: 'Give the issuer’s address as its own documentation names it.',
    facts: { where },
  })
