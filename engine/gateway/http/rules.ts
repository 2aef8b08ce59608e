import { PressroomError } from '#graph'
import { isAddress, isLinkLocal, isPublic } from './addresses.ts'
import { nameOf } from './hosts.ts'

export interface HttpRules {
  /** Whether it may be asked, by what its address says. */
  mayAsk(url: URL): boolean
  /** Whether this may be connected to: an address, never a name. */
  mayReach(address: string): boolean
  /** How many may be followed. */
  redirects: number
  maxBytes: number
  timeoutMs: number
  refusal(where: string): PressroomError
}

const MEGABYTE = 1024 * 1024

/** For plugins and flows: the public internet, never this machine or its network. */
export const PUBLIC_RULES: HttpRules = {
  mayAsk: (url) =>
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    (isAddress(url.hostname) ? isPublic(url.hostname) : /\.[a-z]/i.test(nameOf(url))),
  mayReach: isPublic,
  redirects: 5,
  maxBytes: 8 * MEGABYTE,
  timeoutMs: 30_000,
  refusal: (where) =>
    new PressroomError({
      code: 'http.refused',
      message: `Pressroom does not ask ${where}: it was not granted, or is no address of the public internet.`,
      fix: 'Ask a host that was granted, by its name, with http or https.',
      facts: { where },
    }),
}

const HERE = new Set(['localhost', '127.0.0.1', '[::1]'])

/** For identity providers, whose addresses admins type: inside the building too, but encrypted unless on this machine. */
export const ISSUER_RULES: HttpRules = {
  mayAsk: (url) =>
    (url.protocol === 'https:' || (url.protocol === 'http:' && HERE.has(url.hostname))) &&
    !(isAddress(url.hostname) && isLinkLocal(url.hostname)),
  mayReach: (address) => !isLinkLocal(address),
  redirects: 0,
  maxBytes: MEGABYTE,
  timeoutMs: 10_000,
  refusal: (where) =>
    new PressroomError({
      code: 'input.issuer',
      message: `Pressroom does not ask ${where}: an issuer has an https address.`,
      fix: 'Give the issuer’s address as its own documentation names it.',
      facts: { where },
    }),
}

const noticeRefused = (where: string) =>
  new PressroomError({
    code: 'notice.address_refused',
    message: `Pressroom sends nothing to ${where}: it lies in the network of this machine.`,
    fix: 'If that is meant, say under Notices that the address is inside your own network.',
    facts: { where },
  })

/** For notices to addresses out of the building. */
export const NOTICE_RULES: HttpRules = {
  ...PUBLIC_RULES,
  redirects: 0,
  maxBytes: MEGABYTE,
  timeoutMs: 10_000,
  refusal: noticeRefused,
}

/** For notices to addresses of which an admin says that they are inside our own network. */
export const INNER_NOTICE_RULES: HttpRules = {
  ...NOTICE_RULES,
  mayAsk: (url) => /^https?:$/.test(url.protocol) && !(isAddress(url.hostname) && isLinkLocal(url.hostname)),
  mayReach: ISSUER_RULES.mayReach,
}
