/** The canvas at the size of the promise, in Chromium, beside Vue Flow alone: same machine, same minutes, in turn. */
import type { Browser, Page } from 'playwright-core'
import { hasChromium, launch } from '../e2e/support/chromium.ts'
import { startServer } from '../e2e/support/pressroom.ts'
import { cookieOf, signedIn } from '../e2e/support/signed-in.ts'
import { serveBarePage } from './canvas/bare-page.ts'
import { meterOf } from './canvas/costs.ts'
import { largeFlow } from './canvas/flow.ts'
import { dragged, longestTask, typed } from './canvas/handling.ts'
import { scriptSizes } from './canvas/script-sizes.ts'
import { fresh, freshAndSignedIn, openCold, openFromStudio } from './canvas/visitor.ts'
import { round, spread } from './lib/measure.ts'
import type { Benchmark, Emit } from './lib/measure.ts'
import { withFolder } from './lib/servers.ts'

const LIMITS = { ratio: 1.2, dragMs: 8, keyMs: 16, heapMb: 250, beforeKb: 220, withKb: 450, taskMs: 200 }

interface Studio {
  url: string
  cookie: string
  flowUrl: string
}
type Drawing = Awaited<ReturnType<typeof openCold>>

const canvas: Benchmark = async (emit, [rounds = '5']) => {
  if (!hasChromium()) {
    emit('canvas', { skipped: 'needs Chromium at /usr/bin/chromium or CHROMIUM_PATH' })
    return
  }
  await withFolder(async (dataDir) => {
    const server = await startServer(dataDir)
    const browser = await launch()
    try {
      const client = await signedIn(server.url)
      const flow = largeFlow()
      const { id } = await client.flows.import.mutate({ document: flow })
      const findings = await client.flows.validate.mutate({ flow })
      const { nodes, edges } = flow
      emit('flow', { nodes: nodes.length, edges: edges.length, findings: findings.length })
      const cookie = await cookieOf(server.url)
      const studio: Studio = { url: server.url, cookie, flowUrl: `${server.url}/flows/${id}` }
      await opening(emit, browser, studio, Number(rounds))
      await handling(emit, browser, studio)
      await sizes(emit, browser, studio)
    } finally {
      await browser.close()
      await server.stop()
    }
  })
}

/** In turn, so that whatever else the machine does befalls all of them alike. */
async function opening(emit: Emit, browser: Browser, studio: Studio, rounds: number): Promise<void> {
  await withFolder(async (folder) => {
    const bare = await serveBarePage(folder)
    try {
      const visit = () => freshAndSignedIn(browser, studio.url, studio.cookie)
      const ours = await closing(await visit(), (page) => openCold(page, `${studio.flowUrl}/edit`))
      const { x, y, zoom, width, height } = ours.view
      const bareUrl = `${bare.url}?x=${x}&y=${y}&zoom=${zoom}&width=${width}&height=${height}`
      await closing(await fresh(browser), (page) => openCold(page, bareUrl))
      const times: Record<'bare' | 'cold' | 'loaded', Drawing[]> = { bare: [], cold: [], loaded: [] }
      for (let round = 0; round < rounds; round++) {
        times.bare.push(await closing(await fresh(browser), (page) => openCold(page, bareUrl)))
        times.cold.push(await closing(await visit(), (page) => openCold(page, `${studio.flowUrl}/edit`)))
        times.loaded.push(await closing(await visit(), (page) => openFromStudio(page, studio.flowUrl)))
      }
      const bareMs = show(emit, 'Vue Flow alone, cold', times.bare, null)
      show(emit, 'Pressroom, cold', times.cold, bareMs)
      show(emit, 'Pressroom, from the page of the flow', times.loaded, bareMs)
    } finally {
      await bare.close()
    }
  })
}

function show(emit: Emit, measure: string, times: Drawing[], bareMs: number | null): number {
  const { p50Ms, minMs, maxMs, count } = spread(times.map(({ drawnMs }) => drawnMs))
  const rest = spread(times.map(({ restMs }) => restMs))
  const ratio = bareMs === null ? null : round(p50Ms / bareMs)
  emit(measure, {
    count,
    drawnP50Ms: p50Ms,
    drawnMinMs: minMs,
    drawnMaxMs: maxMs,
    atRestP50Ms: rest.p50Ms,
    mainThreadP50Ms: spread(times.map(({ busyMs }) => busyMs)).p50Ms,
    drawn: times.at(-1)?.seen.split(', translate')[0] ?? '',
    ...(ratio === null ? {} : { ratio, limit: LIMITS.ratio, kept: ratio <= LIMITS.ratio }),
  })
  return p50Ms
}

async function handling(emit: Emit, browser: Browser, studio: Studio): Promise<void> {
  const page = await freshAndSignedIn(browser, studio.url, studio.cookie)
  await closing(page, async () => {
    await openCold(page, `${studio.flowUrl}/edit`)
    const meter = await meterOf(page)
    costs(emit, 'script per frame while a node is dragged', await dragged(page, meter), LIMITS.dragMs)
    costs(emit, 'script per key in the inspector', await typed(page, meter), LIMITS.keyMs)
    await page.locator('.vue-flow__pane').click({ position: { x: 8, y: 8 } })
    const press = (keys: string) => () => page.keyboard.press(keys)
    for (const [name, command] of [
      ['select everything', press('Control+a')],
      ['tidy up', () => tidyUp(page)],
      ['undo', press('Control+z')],
      ['redo', press('Control+y')],
      ['let go of everything', press('Escape')],
    ] as const) {
      const { longest, count } = await longestTask(page, command)
      const kept = longest <= LIMITS.taskMs
      emit('longest task', { of: name, ms: round(longest), tasks: count, limitMs: LIMITS.taskMs, kept })
    }
    const heapMb = await meter.heap()
    emit('heap', { mb: round(heapMb, 1), limitMb: LIMITS.heapMb, kept: heapMb < LIMITS.heapMb })
    await meter.close()
  })
}

async function tidyUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Tidy up' }).click()
  await page
    .getByText(/nodes moved/)
    .first()
    .waitFor()
}

function costs(emit: Emit, measure: string, samples: number[], limitMs: number): void {
  const { count, p50Ms, p99Ms } = spread(samples)
  const meanMs = round(samples.reduce((sum, cost) => sum + cost, 0) / samples.length)
  emit(measure, { count, meanMs, p50Ms, p99Ms, limitMs, kept: Math.max(meanMs, p50Ms) < limitMs })
}

async function sizes(emit: Emit, browser: Browser, studio: Studio): Promise<void> {
  for (const [measure, path, limitKb] of [
    ['compressed script of the studio', `${studio.url}/gallery`, LIMITS.beforeKb],
    ['compressed script with the canvas', `${studio.flowUrl}/edit`, LIMITS.withKb],
  ] as const) {
    const visit = await freshAndSignedIn(browser, studio.url, studio.cookie)
    const kb = await closing(visit, (page) => scriptSizes(page, path))
    emit(measure, { kb: round(kb, 1), limitKb, kept: kb < limitKb })
  }
}

async function closing<T>(page: Page, use: (page: Page) => Promise<T>): Promise<T> {
  try {
    return await use(page)
  } finally {
    await page.context().close()
  }
}

export default canvas
