import type { Page } from 'playwright-core'
import { atRest, now, tasksSince } from './drawing.ts'
import type { meterOf } from './costs.ts'

type Meter = Awaited<ReturnType<typeof meterOf>>

const FRAMES = 60
const KEYS = 40
/** Longer than the studio waits before it validates: what a key sets off is all counted with it. */
const BETWEEN_KEYS_MS = 300

/** Script per frame, in milliseconds, while a node in the middle of the view is dragged about. */
export async function dragged(page: Page, meter: Meter): Promise<number[]> {
  const from = await middleNode(page)
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  const costs: number[] = []
  for (let frame = 0; frame < FRAMES; frame++) {
    const at = { x: from.x + 40 * Math.sin(frame / 5), y: from.y + frame }
    costs.push(await meter.script(() => page.mouse.move(at.x, at.y)))
  }
  await page.mouse.up()
  await atRest(page)
  if (!(await page.getByRole('button', { name: 'Undo' }).isEnabled())) throw new Error('nothing was dragged')
  // The first frames are the start of the drag: the selection, the inspector.
  return costs.slice(5)
}

/** Script per key, in milliseconds, everything that it sets off included, in the name of the selected node. */
export async function typed(page: Page, meter: Meter): Promise<number[]> {
  const at = await middleNode(page)
  await page.mouse.click(at.x, at.y)
  await page.locator('#inspector-node-name').click()
  const costs: number[] = []
  for (let key = 0; key < KEYS; key++) {
    const letter = 'abcdefghij'.charAt(key % 10)
    costs.push(await meter.script(() => page.keyboard.press(letter), BETWEEN_KEYS_MS))
  }
  const written = await page.locator('#inspector-node-name').inputValue()
  if (written.length !== KEYS) throw new Error(`of ${KEYS} keys ${written.length} arrived`)
  return costs.slice(2)
}

/** The longest task, in milliseconds, that follows a command on everything. */
export async function longestTask(page: Page, command: () => Promise<unknown>) {
  await atRest(page)
  const start = await now(page)
  await command()
  await page.evaluate(() => new Promise(requestAnimationFrame))
  await page.waitForTimeout(1_000)
  await atRest(page)
  return tasksSince(page, start)
}

/** The head, clear of all ports, of a drawn node near the middle of the canvas. */
function middleNode(page: Page): Promise<{ x: number; y: number }> {
  return page.evaluate(() => {
    const canvas = document.querySelector('.canvas .vue-flow')?.getBoundingClientRect()
    if (!canvas) throw new Error('there is no canvas')
    const head = (box: DOMRect) => ({ x: box.x + box.width / 2, y: box.y + box.height / 6 })
    const [x, y] = [canvas.x + canvas.width / 2, canvas.y + canvas.height / 2]
    const places = [...document.querySelectorAll('.canvas .vue-flow__node')]
      .map((node) => head(node.getBoundingClientRect()))
      .toSorted((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y))
    const [nearest] = places
    if (!nearest) throw new Error('no node is drawn')
    return nearest
  })
}
