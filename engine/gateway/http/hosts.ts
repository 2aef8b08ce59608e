const USUAL_PORTS = ['', '80', '443']

/** A host's name as it is compared: lower case, without the dot that ends it. */
export const nameOf = ({ hostname }: URL): string => hostname.toLowerCase().replace(/\.$/, '')

/** `api.example.com`, `*.example.com`, each with or without a port; a name that ends the same is another name. */
export function matchesHost(url: URL, pattern: string): boolean {
  const [host = '', port] = pattern.toLowerCase().split(':')
  if (port === undefined ? !USUAL_PORTS.includes(url.port) : portOf(url) !== port) return false
  const name = nameOf(url)
  return host.startsWith('*.') ? name.endsWith(host.slice(1)) && name.length > host.length - 1 : name === host
}

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80')
