import { type Box, around } from './sizes.ts'

const PADDING_PX = 26
const HEAD_PX = 34

/** The frame of a group: as large as what it holds, with room for its title. Null around nothing. */
export function frameAround(members: readonly Box[]): Box | null {
  const box = around(members)
  return (
    box && {
      x: box.x - PADDING_PX,
      y: box.y - PADDING_PX - HEAD_PX,
      width: box.width + 2 * PADDING_PX,
      height: box.height + 2 * PADDING_PX + HEAD_PX,
    }
  )
}
