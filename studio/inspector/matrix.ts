import {
  type Agent,
  type AgentRole,
  type Catalog,
  type ModelConfiguration,
  agentChoiceOf,
  modelFor,
} from '#graph'

/** An entry of an agents field. No `model`: the agent's default one, whichever that will be when the flow runs. */
export interface AgentChoice {
  agent: string
  model?: string
}

export interface MatrixCell {
  choice: AgentChoice
  checked: boolean
  /** What people read in the column's place: "Sample model: no AI". */
  label: string
  local: boolean
}

export interface MatrixRow {
  agent: Agent
  /** In the order of the columns; null where the agent has no configuration of that model. */
  cells: (MatrixCell | null)[]
}

export interface MatrixColumn {
  key: string
  title: string
  local: boolean | null
}

export interface Matrix {
  columns: MatrixColumn[]
  rows: MatrixRow[]
  /** Entries that name an agent or a model which is not there (any more). */
  strays: AgentChoice[]
  chosen: number
}

const DEFAULT: MatrixColumn = { key: '', title: 'Default model', local: null }
const keyOf = ({ provider, model }: ModelConfiguration): string => `${provider}/${model}`

const choicesOf = (value: unknown): AgentChoice[] =>
  Array.isArray(value) ? value.map(agentChoiceOf).filter((choice) => choice !== null) : []

const sameChoice = (a: AgentChoice, b: AgentChoice): boolean => a.agent === b.agent && a.model === b.model

/** Configurations that an agent may speak through: its own and those for everybody. */
export const modelsOf = (catalog: Catalog, agent: string): ModelConfiguration[] =>
  catalog.models.filter((model) => model.agent === agent || model.agent === null)

/** Agents of a role against models: which pairs are chosen, which can be. */
export function matrixOf(catalog: Catalog, role: AgentRole, value: unknown): Matrix {
  const agents = catalog.agents.filter((agent) => agent.role === role)
  const chosen = choicesOf(value)
  const columns = columnsOf(catalog, agents)
  const rows = agents.map((agent) => ({ agent, cells: cellsOf(catalog, agent, columns, chosen) }))
  const offered = rows.flatMap(({ cells }) => cells.flatMap((cell) => (cell ? [cell.choice] : [])))
  const strays = chosen.filter((choice) => !offered.some((one) => sameChoice(one, choice)))
  return { columns, rows, strays, chosen: chosen.length }
}

function columnsOf(catalog: Catalog, agents: Agent[]): MatrixColumn[] {
  const named = new Map<string, MatrixColumn>()
  for (const { slug } of agents) {
    for (const model of modelsOf(catalog, slug)) {
      const key = keyOf(model)
      if (!named.has(key)) named.set(key, { key, title: model.label, local: model.local })
    }
  }
  return [DEFAULT, ...named.values()]
}

function cellsOf(
  catalog: Catalog,
  { slug }: Agent,
  columns: readonly MatrixColumn[],
  chosen: readonly AgentChoice[],
): (MatrixCell | null)[] {
  const own = modelsOf(catalog, slug)
  return columns.map(({ key }) => {
    const choice = key === '' ? { agent: slug } : explicit(slug, own, key)
    const model = choice && modelFor(catalog, slug, choice.model)
    if (!choice || !model) return null
    const checked = chosen.some((one) => sameChoice(one, choice))
    return { choice, checked, label: model.label, local: model.local }
  })
}

/** The configuration made for the agent goes before one for everybody. */
function explicit(agent: string, own: readonly ModelConfiguration[], key: string): AgentChoice | null {
  const model =
    own.find((one) => one.agent === agent && keyOf(one) === key) ?? own.find((one) => keyOf(one) === key)
  return model ? { agent, model: model.id } : null
}

/** The list with an entry added at its end or taken out; the others keep their order, which runs follow. */
export function toggled(value: unknown, choice: AgentChoice): AgentChoice[] {
  const chosen = choicesOf(value)
  const without = chosen.filter((one) => !sameChoice(one, choice))
  return without.length < chosen.length ? without : [...chosen, choice]
}
