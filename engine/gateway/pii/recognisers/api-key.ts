import { type Recogniser, pattern } from '../scan.ts'

/** How issuers mark their keys. The bounds above are generous: a key that is cut short is no less a key. */
const KNOWN = new RegExp(
  String.raw`(?<![A-Za-z0-9_-])(?:${[
    '(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}',
    'sk-(?:proj-|ant-|or-|live-|svcacct-)?[A-Za-z0-9_-]{16,200}',
    'gh[pousr]_[A-Za-z0-9]{30,255}',
    'github_pat_[A-Za-z0-9_]{22,255}',
    'glpat-[A-Za-z0-9_-]{20,64}',
    'xox[abeoprs]-[A-Za-z0-9-]{10,250}',
    'AIza[A-Za-z0-9_-]{35}',
    String.raw`ya29\.[A-Za-z0-9_-]{20,250}`,
    String.raw`SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}`,
    '(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,250}',
    'whsec_[A-Za-z0-9+/=]{16,100}',
    'npm_[A-Za-z0-9]{36}',
    'pypi-[A-Za-z0-9_-]{40,250}',
    'hf_[A-Za-z0-9]{30,64}',
    'dop_v1_[a-f0-9]{64}',
    'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
    'SK[a-f0-9]{32}',
    'AC[a-f0-9]{32}',
    'key-[a-f0-9]{32}',
    'pat[A-Za-z0-9]{14}[.][a-f0-9]{64}',
    'n8n_api_[A-Za-z0-9]{20,100}',
    'lsv2_(?:pt|sk)_[a-f0-9_]{32,80}',
    'EAAC[A-Za-z0-9]{30,250}',
    'AGE-SECRET-KEY-1[A-Z0-9]{58}',
    'prk_[A-Za-z0-9_-]{43}',
    String.raw`eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{4,4000}(?:\.[A-Za-z0-9_-]{0,1000})?`,
  ].join('|')})(?![A-Za-z0-9])`,
  'g',
)
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g
const BEARER =
  /(?<![\p{L}\p{N}])(?:bearer|basic|token) (?<value>(?=[A-Za-z0-9._~+/-]{0,60}[\d_+/.-])[A-Za-z0-9._~+/-]{16,2000}={0,2})(?![\p{L}\p{N}])/giu
const NAMED =
  /(?:api[ _-]?key|api[ _-]?token|access[ _-]?(?:key|token)|auth[ _-]?token|secret(?:[ _-]?(?:key|access[ _-]?key))?|client[ _-]?secret|private[ _-]?key|session[ _-]?(?:id|token)|webhook[ _-]?secret|clé api|api-?schlüssel|clave(?: de)? api|chiave api|token)['"]{0,2}(?: is| ist| est| es| è)? {0,2}[:=]? {0,2}['"`]?(?<value>[A-Za-z0-9_~+/.-]{12,500}={0,2})/giu
const PASSWORD =
  /(?:password|passwort|kennwort|passwd|\bpwd|passphrase|mot de passe|contraseña|parola d'ordine|wachtwoord|hasło|lösenord|\bpin)['"]{0,2}(?: is| ist| est| es| è)? {0,2}(?:[:=]|(?<= (?:is|ist|est|es|è) {0,2})) {0,2}['"`]?(?<value>[^\s'"`,;]{4,80})/giu
const LONG = /(?<![A-Za-z0-9_/+.=-])[A-Za-z0-9_+/-]{32,512}={0,2}(?![A-Za-z0-9_/+-])/g

/** Shannon's entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  )
}

const mixed = (text: string) =>
  [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(text)).length === 3 &&
  !/^[\w-]+(?:\/[\w-]+){3,}$/.test(text)
const HEX = /^[a-f0-9]+$/i

const finders = [
  pattern('API_KEY', KNOWN, () => 0.98),
  pattern('API_KEY', PRIVATE_KEY, () => 0.99),
  pattern('API_KEY', BEARER, () => 0.85),
  pattern('API_KEY', NAMED, (found) =>
    /\d/.test(found) && entropy(found) > 2.6
      ? found.length >= 16
        ? 0.9
        : 0.75
      : found.length >= 24 && entropy(found) > 3.6
        ? 0.7
        : 0,
  ),
  pattern('API_KEY', PASSWORD, (found) => (/[\d\W_]/.test(found.slice(0, -1)) ? 0.85 : 0.55)),
  pattern('API_KEY', LONG, (found) => (mixed(found) && entropy(found) > 4.1 && !HEX.test(found) ? 0.65 : 0)),
]

export const apiKey: Recogniser = {
  name: 'api-key',
  types: ['API_KEY'],
  *find(scan) {
    for (const find of finders) yield* find(scan)
  },
}
