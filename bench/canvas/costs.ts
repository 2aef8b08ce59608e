import type { CDPSession, Page } from 'playwright-core'

/** What Chromium counts for a page, in processor time of its main thread: other work on the machine is not in it. */
export async function meterOf(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  return {
    /** Milliseconds of script that `action` costs until the next frame is drawn, `pauseMs` later at the earliest. */
    async script(action: () => Promise<unknown>, pauseMs = 0): Promise<number> {
      const before = await metric(session, 'ScriptDuration')
      await action()
      if (pauseMs > 0) await page.waitForTimeout(pauseMs)
      await page.evaluate(() => new Promise(requestAnimationFrame))
      return ((await metric(session, 'ScriptDuration')) - before) * 1_000
    },
    /** Milliseconds that the main thread has worked since the meter was there: script, layout and all the rest. */
    busy: async () => (await metric(session, 'TaskDuration')) * 1_000,
    /** Megabytes in use after what nobody holds is gone. */
    async heap(): Promise<number> {
      await session.send('HeapProfiler.collectGarbage')
      return (await metric(session, 'JSHeapUsedSize')) / 2 ** 20
    },
    close: () => session.detach(),
  }
}

async function metric(session: CDPSession, wanted: string): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  const found = metrics.find(({ name }) => name === wanted)
  if (!found) throw new Error(`this Chromium does not count ${wanted}`)
  return found.value
}
