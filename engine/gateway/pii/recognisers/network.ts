import { type Recogniser, pattern } from '../scan.ts'

const V4 =
  /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d]|\.\d)(?:\/\d{1,2})?/g
const V6 =
  /(?<![\p{L}\p{N}:.])(?:[0-9a-f]{1,4}:){1,7}(?::?[0-9a-f]{1,4}){0,7}(?:::)?(?![\p{L}\p{N}:])|(?<![\p{L}\p{N}:])::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4}(?![\p{L}\p{N}:])/giu
const MAC =
  /(?<![\p{L}\p{N}:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\p{L}\p{N}:-])/giu
const VERSION = /(?:\bversion|\bver\.?|\bv\.?|\brelease|\bsection|\bchapter|§|\bbuild) ?$/i

/** Four or more groups with a gap, or all eight; clock times have neither. */
function isV6(text: string): boolean {
  const gaps = text.split('::').length - 1
  const groups = text.split(':').filter((group) => group !== '').length
  if (gaps > 1 || text.includes(':::')) return false
  return gaps === 1 ? groups <= 7 && (groups > 2 || /[a-f]/i.test(text) || text === '::1') : groups === 8
}

const v4 = pattern('IP_ADDRESS', V4, (_found, at, scan) => (scan.before(at, VERSION, 12) ? 0.2 : 0.9))
const v6 = pattern('IP_ADDRESS', V6, (found) => (isV6(found) ? 0.9 : 0))
const mac = pattern('MAC_ADDRESS', MAC, () => 0.92)

export const network: Recogniser = {
  name: 'network',
  types: ['IP_ADDRESS', 'MAC_ADDRESS'],
  *find(scan) {
    yield* v4(scan)
    if (scan.text.includes(':')) yield* v6(scan)
    yield* mac(scan)
  },
}
