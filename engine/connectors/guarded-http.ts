/**
 * HTTP to addresses that people type.
 *
 * - I1 No link-local address, where clouds keep the keys of their machines, and where it is said so no address of our own
 *      network: checked for what a name resolves to as well, and for the very address that is connected to.
 * - I2 Redirects are not followed, no answer is longer than 1 MiB, none takes longer than 10 s.
 */
import { lookup } from 'node:dns'
import { BlockList, type LookupFunction, isIP, isIPv6 } from 'node:net'
import { Agent, type Dispatcher } from 'undici'

const MAX_BYTES = 1024 * 1024
const TIMEOUT_MS = 10_000

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16)
linkLocal.addSubnet('0.0.0.0', 8)
linkLocal.addSubnet('fe80::', 10, 'ipv6')
linkLocal.addSubnet('fd00:ec2::', 32, 'ipv6')

const ours = new BlockList()
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  ours.addSubnet(net, prefix)
ours.addAddress('::1', 'ipv6')
ours.addAddress('::', 'ipv6')
ours.addSubnet('fc00::', 7, 'ipv6')
ours.addSubnet('ff00::', 8, 'ipv6')
// What stands for an IPv4 address on its way through a translator.
ours.addSubnet('64:ff9b::', 96, 'ipv6')

/** `inside`: addresses of our own network are meant. */
export function isForbidden(address: string, inside: boolean): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  return linkLocal.check(address, family) || (!inside && ours.check(address, family))
}

export interface Guard {
  inside: boolean
  /** What is thrown about an address that is refused. */
  refused(where: string): Error
}

export function createGuardedHttp({ inside, refused }: Guard) {
  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, options, (error, address, family) => {
      const found = typeof address === 'string' ? [address] : (address ?? []).map((each) => each.address)
      if (!error && found.some((one) => isForbidden(one, inside))) callback(refused(hostname), '', 0)
      else callback(error, address, family)
    })
  }
  const agent = new Agent({
    connect: { lookup: guardedLookup, timeout: TIMEOUT_MS },
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    maxResponseSize: MAX_BYTES,
  })
  return {
    request(url: URL, options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>) {
      // A plain address is never looked up.
      const name = url.hostname.replace(/^\[|\]$/g, '')
      if (isIP(name) !== 0 && isForbidden(name, inside)) throw refused(url.origin)
      return agent.request({ origin: url.origin, path: `${url.pathname}${url.search}`, ...options })
    },
    close: () => agent.close(),
  }
}
