import { type HandleElement, Position } from '@vue-flow/core'
import type { PortFacts, StepData } from './scene-nodes.ts'
import { HEAD_HEIGHT_PX, NODE_WIDTH_PX, PORT_HEIGHT_PX } from './sizes.ts'

const PORT_PX = { width: 13, height: 14 }
/** The middles of ports, as `StepNode` draws them: from its left edge, from its right edge, and the top of the first row. */
const LEFT_PX = 3
const RIGHT_PX = 2
const PORTS_START_PX = HEAD_HEIGHT_PX + 5

type Drawn = Pick<StepData, 'height' | 'inputs' | 'outputs'>

/** What Vue Flow would find if it drew and measured a node. */
export function measuresOf(nodeId: string, { height, inputs, outputs }: Drawn) {
  const handles = (type: 'source' | 'target', x: number, ports: readonly PortFacts[]): HandleElement[] =>
    ports.map(({ id }, row) => ({
      id,
      type,
      nodeId,
      position: type === 'target' ? Position.Left : Position.Right,
      x: x - PORT_PX.width / 2,
      y: PORTS_START_PX + (row + 0.5) * PORT_HEIGHT_PX - PORT_PX.height / 2,
      ...PORT_PX,
    }))
  return {
    dimensions: { width: NODE_WIDTH_PX, height },
    handleBounds: {
      target: handles('target', LEFT_PX, inputs),
      source: handles('source', NODE_WIDTH_PX - RIGHT_PX, outputs),
    },
  }
}
