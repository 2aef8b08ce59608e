import type { Flow } from '#graph'

export type Direction = 'left' | 'right' | 'up' | 'down'

/**
 * The node that an arrow key leads to. Left and right follow connections first, then go to whatever lies there; up and
 * down go to the nearest node above or below.
 */
export function neighbour(flow: Flow, from: string, direction: Direction): string | null {
  const here = flow.nodes.find(({ id }) => id === from)
  if (!here) return flow.nodes[0]?.id ?? null
  const positions = new Map(flow.nodes.map(({ id, position }) => [id, position]))
  const offset = (id: string) => {
    const position = positions.get(id) ?? here.position
    return { x: position.x - here.position.x, y: position.y - here.position.y }
  }
  const connected = connectedOn(flow, from, direction).filter((id) => positions.has(id))
  if (connected.length > 0) return least(connected, (id) => Math.abs(offset(id).y))
  const beyond = flow.nodes
    .map(({ id }) => id)
    .filter((id) => {
      const { x, y } = offset(id)
      const along = { left: -x, right: x, up: -y, down: y }[direction]
      return id !== from && along > 0
    })
  // Sideways counts more, so that a step stays in its row or column where there is a choice.
  return least(beyond, (id) => {
    const { x, y } = offset(id)
    const across = direction === 'left' || direction === 'right' ? Math.abs(y) : Math.abs(x)
    return Math.abs(x) + Math.abs(y) + 2 * across
  })
}

function connectedOn(flow: Flow, from: string, direction: Direction): string[] {
  if (direction === 'right')
    return flow.edges.filter(({ source }) => source.node === from).map(({ target }) => target.node)
  if (direction === 'left')
    return flow.edges.filter(({ target }) => target.node === from).map(({ source }) => source.node)
  return []
}

function least(ids: readonly string[], cost: (id: string) => number): string | null {
  let best: string | null = null
  let lowest = Infinity
  for (const id of ids) {
    const price = cost(id)
    if (price < lowest) [best, lowest] = [id, price]
  }
  return best
}
