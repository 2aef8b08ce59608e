/** A small drawing of a swarm: a brief fans out to writers, each draft to the editors, all come together in one. */

const WIDTH = 280
const HEIGHT = 72
const MARGIN = 8

export interface FigureDot {
  x: number
  y: number
  r: number
  kind: 'brief' | 'draft' | 'edited' | 'evaluator' | 'winner'
}

const columns = [0.02, 0.28, 0.56, 0.8, 0.98].map((share) => MARGIN + share * (WIDTH - 2 * MARGIN))

export function swarmFigure(writers: number, editors: number, evaluators: number) {
  const [briefX = 0, writerX = 0, editorX = 0, evaluatorX = 0, winnerX = 0] = columns
  const middle = HEIGHT / 2
  const edited = Math.max(1, editors)
  const dots: FigureDot[] = [{ x: briefX, y: middle, r: 4.5, kind: 'brief' }]
  const lines: string[] = []
  const judges = spread(evaluators)

  spread(writers).forEach((writerY, writer) => {
    lines.push(curve(briefX, middle, writerX, writerY))
    dots.push({ x: writerX, y: writerY, r: 4.5, kind: 'draft' })
    for (let editor = 0; editor < edited; editor++) {
      const y = spread(writers * edited)[writer * edited + editor] ?? middle
      lines.push(curve(writerX, writerY, editorX, y))
      dots.push({ x: editorX, y, r: 3, kind: 'edited' })
      for (const judge of judges) lines.push(curve(editorX, y, evaluatorX, judge))
    }
  })
  for (const y of judges) {
    lines.push(curve(evaluatorX, y, winnerX, middle))
    dots.push({ x: evaluatorX, y, r: 3.5, kind: 'evaluator' })
  }
  dots.push({ x: winnerX, y: middle, r: 5.5, kind: 'winner' })
  return { dots, lines }
}

/** `n` heights, evenly over the drawing and never closer to its edge than the margin. */
function spread(n: number): number[] {
  const step = (HEIGHT - 2 * MARGIN) / Math.max(n, 1)
  return Array.from({ length: n }, (_, index) => MARGIN + step * (index + 0.5))
}

function curve(fromX: number, fromY: number, toX: number, toY: number): string {
  const bend = (toX - fromX) / 2
  const [a, b, c, d] = [fromX, fromY, toX, toY].map((value) => Math.round(value * 10) / 10)
  return `M${a} ${b}C${fromX + bend} ${b} ${toX - bend} ${d} ${c} ${d}`
}
