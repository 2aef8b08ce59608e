/** What a flow from elsewhere would use, as the check lists it. */
export interface Asks {
  nodeTypes: readonly string[]
  capabilities: readonly string[]
  agents: readonly string[]
  models: readonly string[]
}

export interface AskRow {
  name: string
  items: string[]
}

const CAPABILITY_WORDS: Record<string, string> = {
  model: 'call models',
  http: 'make HTTP requests',
  files: 'read and write files',
  state: 'keep state between runs',
  secrets: 'use secrets',
  log: 'write to the log',
  progress: 'report progress',
}

/** What it asks for in words; nothing it does not ask for is listed. Capabilities that reach outward come first. */
export function asksSummary(asks: Asks): AskRow[] {
  const capabilities = asks.capabilities.map(capabilityWords)
  return [
    { name: 'It wants to', items: capabilities },
    { name: 'It speaks through these models', items: [...asks.models] },
    { name: 'It works with these agents', items: [...asks.agents] },
    { name: 'It is made of these nodes', items: [...asks.nodeTypes] },
  ].filter(({ items }) => items.length > 0)
}

function capabilityWords(capability: string): string {
  const connection = /^connection:(.+)$/.exec(capability)?.[1]
  return connection ? `use the connection ${connection}` : (CAPABILITY_WORDS[capability] ?? capability)
}
