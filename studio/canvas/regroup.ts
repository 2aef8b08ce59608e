import type { FlowGroup } from '#graph'
import { frameAround } from './group-frame.ts'
import { type Box, around } from './sizes.ts'

/** How far a member may go beyond its group's frame before it leaves: the frame follows it that far. */
const SLACK_PX = 60

export interface Regrouping {
  /** Frames as they are to be drawn now, of groups that have a member in somebody's hand. */
  frames: ReadonlyMap<string, Box>
  joins: readonly { group: string; node: string }[]
  leaves: readonly { group: string; node: string }[]
}

/**
 * What becomes of groups while nodes are dragged: a frame follows its members; one that is taken well out of the frame
 * that the others are in leaves, one that is brought into a frame joins. A group whose nodes all move just moves.
 */
export function regrouped(
  groups: readonly FlowGroup[],
  before: ReadonlyMap<string, Box>,
  moved: ReadonlyMap<string, Box>,
): Regrouping {
  const frames = new Map<string, Box>()
  const joins: { group: string; node: string }[] = []
  const leaves: { group: string; node: string }[] = []
  const staying = new Set<string>()
  const targets: { id: string; frame: Box }[] = []
  const boxOf = (id: string) => moved.get(id) ?? before.get(id)

  for (const { id, nodes } of groups) {
    const members = nodes.filter((node) => before.has(node))
    const rest = members.filter((node) => !moved.has(node))
    const frame = frameAround(members.flatMap((node) => before.get(node) ?? []))
    if (!frame) continue
    if (rest.length > 0) targets.push({ id, frame })
    const left = new Set(
      members.filter((node) => {
        const box = moved.get(node)
        return box && rest.length > 0 && !holds(frame, box, SLACK_PX)
      }),
    )
    for (const node of left) leaves.push({ group: id, node })
    for (const node of members) if (moved.has(node) && !left.has(node)) staying.add(node)
    const now = members.filter((node) => !left.has(node)).flatMap((node) => boxOf(node) ?? [])
    const drawn = rest.length < members.length ? frameAround(now) : null
    if (drawn) frames.set(id, drawn)
  }

  for (const [node, box] of moved) {
    const was = before.get(node)
    if (staying.has(node) || !was) continue
    const own = new Set(leaves.filter((leave) => leave.node === node).map(({ group }) => group))
    const [target] = targets
      .filter(({ id, frame }) => !own.has(id) && holds(frame, box) && !holds(frame, was))
      .toSorted((a, b) => area(a.frame) - area(b.frame))
    if (!target) continue
    joins.push({ group: target.id, node })
    const grown = around([frames.get(target.id) ?? target.frame, frameAround([box]) ?? box])
    if (grown) frames.set(target.id, grown)
  }
  return { frames, joins, leaves }
}

const area = ({ width, height }: Box) => width * height

/** Whether the middle of a box lies in a frame. */
function holds(frame: Box, box: Box, slack = 0): boolean {
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  return (
    x >= frame.x - slack &&
    x <= frame.x + frame.width + slack &&
    y >= frame.y - slack &&
    y <= frame.y + frame.height + slack
  )
}
