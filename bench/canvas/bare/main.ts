/** Vue Flow as its manual has it and nothing else: the same nodes and edges, in a field of the size that it is told. */
import { VueFlow } from '@vue-flow/core'
import { createApp, h, shallowRef } from 'vue'
import { largeFlow } from '../flow.ts'

const flow = largeFlow()
const nodes = shallowRef(flow.nodes.map(({ id, position }) => ({ id, position, label: id })))
const edges = shallowRef(
  flow.edges.map(({ id, source, target }) => ({ id, source: source.node, target: target.node })),
)
const asked = new URLSearchParams(location.search)
const number = (name: string) => Number(asked.get(name))
const view = { x: number('x'), y: number('y'), zoom: number('zoom') }

createApp({
  render: () =>
    h('div', { class: 'canvas', style: { width: `${number('width')}px`, height: `${number('height')}px` } }, [
      h(VueFlow, {
        nodes: nodes.value,
        edges: edges.value,
        onlyRenderVisibleElements: true,
        defaultViewport: view,
        minZoom: 0.08,
      }),
    ]),
}).mount('#app')
