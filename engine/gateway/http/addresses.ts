import ipaddr from 'ipaddr.js'

/** All of the public internet there is in IPv6: whatever embeds or maps an IPv4 address lies outside or is named below. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::')

/** Whether an address is one of the public internet: no other machine of this network, no cloud's keys, not this machine. */
export function isPublic(address: string): boolean {
  const parsed = parse(address)
  if (!parsed || parsed.range() !== 'unicast') return false
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST, 3)
}

/** Link-local addresses, where clouds keep the keys of their machines, and those that mean nobody. */
export function isLinkLocal(address: string): boolean {
  const parsed = parse(address)
  if (!parsed) return true
  if (parsed instanceof ipaddr.IPv6 && parsed.match(ipaddr.IPv6.parse('fd00:ec2::'), 32)) return true
  return !['unicast', 'private', 'uniqueLocal', 'loopback', 'carrierGradeNat'].includes(parsed.range())
}

/** An address as a URL's host or a resolver names it, an IPv4 address in IPv6 clothes as the former; null for a name. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null
}

export const isAddress = (host: string): boolean => parse(host) !== null
