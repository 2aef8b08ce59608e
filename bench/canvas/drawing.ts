import type { Page } from 'playwright-core'

interface Watch {
  /** When what is drawn last changed. */
  drawnAt: number
  seen: string
  /** Since when frames have come one after the other with nothing new in them. */
  calmSince: number
  frameAt: number
  clickedAt: number
  longTasks: { from: number; to: number }[]
}
type Watched = typeof globalThis & { watch: Watch }

/** For `addInitScript`: notes, frame by frame, which nodes and edges are on the canvas and where the view stands. */
export function watchDrawing(): void {
  const GAP_MS = 100
  const watch: Watch = { drawnAt: 0, seen: '', calmSince: 0, frameAt: 0, clickedAt: 0, longTasks: [] }
  Object.assign(globalThis, { watch })
  addEventListener('click', ({ timeStamp }) => (watch.clickedAt = timeStamp), { capture: true })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      watch.longTasks.push({ from: startTime, to: startTime + duration })
  }).observe({ type: 'longtask', buffered: true })
  const count = (selector: string) => document.querySelectorAll(`.canvas ${selector}`).length
  const frame = () => {
    const at = performance.now()
    const pane = document.querySelector<HTMLElement>('.canvas .vue-flow__transformationpane')
    const nodes = `${count('.vue-flow__node')} nodes, ${count('.vue-flow__node[style*="hidden"]')} hidden`
    const seen = `${nodes}, ${count('.vue-flow__edge-path')} edges, ${pane?.style.transform}`
    if (seen !== watch.seen) Object.assign(watch, { drawnAt: at, seen })
    if (watch.drawnAt === at || at - watch.frameAt > GAP_MS) watch.calmSince = at
    watch.frameAt = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

/** Waits until the page has come to rest. Times in milliseconds since the navigation, or since the last click. */
export async function drawing(page: Page, since: 'navigation' | 'click' = 'navigation') {
  await atRest(page)
  return page.evaluate((from) => {
    const { drawnAt, calmSince, seen, clickedAt } = (globalThis as Watched).watch
    const start = from === 'click' ? clickedAt : 0
    if (drawnAt < start) throw new Error('nothing was drawn')
    const pane = document.querySelector('.canvas .vue-flow__transformationpane')
    const box = document.querySelector('.canvas .vue-flow')?.getBoundingClientRect()
    const { a: zoom, e: x, f: y } = new DOMMatrix(pane ? getComputedStyle(pane).transform : '')
    return {
      drawnMs: drawnAt - start,
      restMs: calmSince - start,
      seen,
      view: { x, y, zoom, width: box?.width ?? 0, height: box?.height ?? 0 },
    }
  }, since)
}

const CALM_MS = 1_500

/** Until nodes are there, nothing has moved for a while, and no frame had to wait in it. */
export async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(
    (calm) => {
      const { seen, frameAt, calmSince } = (globalThis as Watched).watch
      const drawn = seen !== '' && !seen.startsWith('0 nodes')
      return drawn && frameAt - calmSince > calm && performance.now() - frameAt < 100
    },
    CALM_MS,
    { polling: 50 },
  )
}

/** The longest task since a moment, and how many long ones there were. */
export const tasksSince = (page: Page, start: number) =>
  page.evaluate((from) => {
    const lengths = (globalThis as Watched).watch.longTasks
      .filter(({ to }) => to > from)
      .map((task) => task.to - task.from)
    return { longest: Math.max(0, ...lengths), count: lengths.length }
  }, start)

export const now = (page: Page) => page.evaluate(() => performance.now())
