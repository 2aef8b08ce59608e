/**
 * HTTP to issuers, whose addresses admins type and discovery documents name.
 *
 * - I1 Encrypted, unless the issuer is on this very machine.
 * - I2 No link-local address, where clouds keep the keys of their machines; checked for what a name resolves to as well.
 * - I3 Redirects are not followed, no answer is longer than 1 MiB, none takes longer than 10 s.
 */
import { lookup } from 'node:dns'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import type { CustomFetch } from 'openid-client'
import { Agent } from 'undici'
import { PressroomError } from '#graph'

const MAX_BYTES = 1024 * 1024
const TIMEOUT_MS = 10_000
const HERE = new Set(['localhost', '127.0.0.1', '[::1]'])

const forbidden = new BlockList()
forbidden.addSubnet('169.254.0.0', 16)
forbidden.addSubnet('0.0.0.0', 8)
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('fd00:ec2::', 32, 'ipv6')

const isForbidden = (address: string) => forbidden.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

export function createIssuerFetch(): { fetch: CustomFetch; close(): Promise<void> } {
  const agent = new Agent({
    connect: { lookup: guardedLookup, timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    maxResponseSize: MAX_BYTES,
  })
  return {
    async fetch(address, { method, headers, body, signal }) {
      const url = new URL(address)
      refuseAddress(url)
      const answer = await agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
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
    close: () => agent.close(),
  }
}

function refuseAddress(url: URL): void {
  const plain = url.protocol === 'http:' && HERE.has(url.hostname)
  const name = url.hostname.replace(/^\[|\]$/g, '')
  if ((url.protocol === 'https:' || plain) && !(isIP(name) !== 0 && isForbidden(name))) return
  throw refused(url.origin)
}

const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address, family) => {
    const found = typeof address === 'string' ? [address] : (address ?? []).map((each) => each.address)
    if (!error && found.some(isForbidden)) callback(refused(hostname), '', 0)
    else callback(error, address, family)
  })
}

const refused = (where: string) =>
  new PressroomError({
    code: 'input.issuer',
    message: `Pressroom does not ask ${where}: an issuer has an https address.`,
    fix: 'Give the issuer’s address as its own documentation names it.',
    facts: { where },
  })
