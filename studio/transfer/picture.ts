/**
 * A flow as a picture: SVG text made of nothing but shapes and words, so that it opens in any drawing program.
 *
 * Boundary: pure; drawn from the document and not from the screen, where a large canvas holds only what is in view.
 * Every word of the flow is escaped: it is shown, never interpreted.
 */
import { type Flow, type NodeManifest, manifestFor, manifestKey } from '#graph'
import { type Box, HEAD_HEIGHT_PX, PORT_HEIGHT_PX, around, boxOf } from '../canvas/sizes.ts'
import { drawingOf } from '../flow/drawing.ts'
import { escaped } from '../results/export.ts'

export interface PictureColours {
  paper: string
  surface: string
  ink: string
  quiet: string
  edge: string
  note: string
}

export const LIGHT: PictureColours = {
  paper: '#faf7f2',
  surface: '#fffdfa',
  ink: '#211d18',
  quiet: '#5a5247',
  edge: '#8f8372',
  note: '#faefd8',
}

const NOTE_WIDTH = 220
const NOTE_HEIGHT = 140
const GROUP_PADDING = 28
const MARGIN = 48
const TITLE_CHARACTERS = 26
const LINE_CHARACTERS = 36
const PORT_CHARACTERS = 15
const NOTE_LINE_CHARACTERS = 30
const NOTE_LINE_HEIGHT = 18
const FONT = 'Inter, Segoe UI, Helvetica, Arial, sans-serif'

interface DrawnNode {
  title: string
  lines: string
  box: Box
  inputs: [id: string, title: string][]
  outputs: [id: string, title: string][]
}

export interface Picture {
  svg: string
  width: number
  height: number
}

export function pictureOf(flow: Flow, manifests: readonly NodeManifest[], colours = LIGHT): Picture {
  const nodes = drawnNodes(flow, manifests)
  const notes = flow.notes.map((note) => ({ text: note.text, box: noteBox(note) }))
  const groups = flow.groups.flatMap(({ title, nodes: members }) => {
    const around = bounds(
      members.flatMap((id) => nodes.get(id)?.box ?? []),
      GROUP_PADDING,
    )
    return around ? [{ title, box: around }] : []
  })
  const all = [...nodes.values(), ...notes, ...groups].map(({ box }) => box)
  const frame = bounds(all, MARGIN) ?? { x: 0, y: 0, width: 2 * MARGIN, height: 2 * MARGIN }
  const parts = [
    ...groups.map((group) => groupShape(group, colours)),
    ...flow.edges.map(({ source, target }) =>
      line(
        portPlace(nodes.get(source.node), 'outputs', source.port),
        portPlace(nodes.get(target.node), 'inputs', target.port),
        colours,
      ),
    ),
    ...[...nodes.values()].map((node) => nodeShape(node, colours)),
    ...notes.map((note) => noteShape(note, colours)),
  ]
  const { x, y, width, height } = frame
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${x} ${y} ${width} ${height}" font-family="${FONT}">
<title>${escaped(xmlText(flow.name))}</title>
<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colours.paper}"/>
${parts.join('\n')}
</svg>
`
  return { svg, width, height }
}

function drawnNodes(flow: Flow, manifests: readonly NodeManifest[]): Map<string, DrawnNode> {
  const known = new Map(manifests.map((manifest) => [manifestKey(manifest), manifest]))
  const words = new Map(drawingOf(flow, manifests).nodes.map(({ id, data }) => [id, data]))
  return new Map(
    flow.nodes.map((node) => {
      const manifest = manifestFor(node, known)
      const portsOf = (ports: Record<string, { title: string }> = {}) =>
        Object.entries(ports).map(([id, { title }]): [string, string] => [id, title])
      const drawn: DrawnNode = {
        title: words.get(node.id)?.title ?? node.type,
        lines: words.get(node.id)?.lines.join(', ') ?? '',
        box: boxOf(node, manifest),
        inputs: portsOf(manifest?.inputs),
        outputs: portsOf(manifest?.outputs),
      }
      return [node.id, drawn]
    }),
  )
}

/** Where an edge ends; for a port that is not known, the middle of the node's side. */
function portPlace(node: DrawnNode | undefined, side: 'inputs' | 'outputs', port: string) {
  if (!node) return null
  const { x, y, width, height } = node.box
  const row = node[side].findIndex(([id]) => id === port)
  return { x: side === 'inputs' ? x : x + width, y: row < 0 ? y + height / 2 : rowMiddle(y, row) }
}

const rowMiddle = (top: number, row: number) => top + HEAD_HEIGHT_PX + (row + 0.5) * PORT_HEIGHT_PX

function noteBox({ position, width, height }: Flow['notes'][number]): Box {
  return { ...position, width: width ?? NOTE_WIDTH, height: height ?? NOTE_HEIGHT }
}

function bounds(boxes: readonly Box[], padding: number): Box | null {
  const box = around(boxes)
  if (!box) return null
  const { x, y, width, height } = box
  return { x: x - padding, y: y - padding, width: width + 2 * padding, height: height + 2 * padding }
}

function nodeShape(node: DrawnNode, colours: PictureColours): string {
  const { x, y, width } = node.box
  const second =
    node.lines === '' ? '' : words(x + 14, y + 43, cut(node.lines, LINE_CHARACTERS), 12, colours.quiet)
  const ports = (['inputs', 'outputs'] as const).flatMap((side) =>
    node[side].map(([, title], row) => {
      const [at, middle] = [side === 'inputs' ? x : x + width, rowMiddle(y, row)]
      const label = cut(title, PORT_CHARACTERS)
      const text =
        side === 'inputs'
          ? words(x + 14, middle + 4, label, 12, colours.quiet)
          : words(x + width - 14, middle + 4, label, 12, colours.quiet, 400, ' text-anchor="end"')
      return `<circle cx="${at}" cy="${middle}" r="4" fill="${colours.edge}"/>${text}`
    }),
  )
  return `<g>${rect(node.box, colours.surface, colours.edge)}
${words(x + 14, node.lines === '' ? y + 32 : y + 25, cut(node.title, TITLE_CHARACTERS), 15, colours.ink, 600)}${second}${ports.join('')}</g>`
}

function noteShape(note: { text: string; box: Box }, colours: PictureColours): string {
  const { x, y, height } = note.box
  const room = Math.max(1, Math.floor((height - 24) / NOTE_LINE_HEIGHT))
  const lines = wrapped(note.text, NOTE_LINE_CHARACTERS)
  const shown = lines.length > room ? [...lines.slice(0, room - 1), '…'] : lines
  const text = shown.map((one, index) =>
    words(x + 12, y + 24 + index * NOTE_LINE_HEIGHT, one, 13, colours.ink),
  )
  return `<g>${rect(note.box, colours.note, 'none')}${text.join('')}</g>`
}

function groupShape(group: { title: string; box: Box }, colours: PictureColours): string {
  const { x, y } = group.box
  return `<g>${rect(group.box, 'none', colours.edge, ' stroke-dasharray="6 5"')}${words(x + 12, y + 19, cut(group.title, LINE_CHARACTERS), 13, colours.quiet, 600)}</g>`
}

interface Place {
  x: number
  y: number
}

function line(from: Place | null, to: Place | null, colours: PictureColours): string {
  if (!from || !to) return ''
  const [x1, y1, x2, y2] = [from.x, from.y, to.x, to.y]
  const bend = Math.max(40, Math.abs(x2 - x1) / 2)
  return `<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="${colours.edge}" stroke-width="1.5"/>`
}

function rect({ x, y, width, height }: Box, fill: string, stroke: string, more = ''): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${fill}" stroke="${stroke}" stroke-width="1.5"${more}/>`
}

function words(
  x: number,
  y: number,
  text: string,
  size: number,
  fill: string,
  weight = 400,
  more = '',
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}"${more}>${escaped(xmlText(text))}</text>`
}

const letters = new Intl.Segmenter()

const cut = (text: string, characters: number): string => {
  const all = Array.from(letters.segment(text), ({ segment }) => segment)
  return all.length > characters ? `${all.slice(0, characters - 1).join('')}…` : text
}

function wrapped(text: string, characters: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let current = ''
    for (const word of paragraph.split(/\s+/)) {
      const longer = current === '' ? word : `${current} ${word}`
      if (longer.length <= characters || current === '') current = longer
      else {
        lines.push(current)
        current = word
      }
    }
    return [...lines, current].map((one) => cut(one, characters))
  })
}

/** Leaves out what XML has no place for at all. */
const xmlText = (text: string): string => text.toWellFormed().replace(/[^\P{Cc}\n\t]|[\uFFFE\uFFFF]/gu, '')
