import type { CustomFetch } from 'openid-client'
import type { HttpDoor } from '#run/interfaces.ts'

/** HTTP to issuers as their client library makes it, through the door. */
export const issuerFetch =
  (door: HttpDoor): CustomFetch =>
  async (url, { method, headers, body, signal }) => {
    const answer = await door.request({
      url,
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      body: body instanceof URLSearchParams ? body.toString() : null,
      hosts: null,
      ...(signal ? { signal } : {}),
    })
    return new Response(answer.text, { status: answer.status, headers: answer.headers })
  }
