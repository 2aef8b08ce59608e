/** The kind of data that a node from the palette is dragged as; its value is the manifest's key. */
export const NODE_DRAG_TYPE = 'application/x-pressroom-node'
