import type { BrowserContext, Page, WebSocketRoute } from 'playwright-core'

const LOST = 4000

export interface Wire {
  /** Nothing gets through any more, as with a cable pulled out; the page finds out at once. */
  cut(): void
  mend(): void
  /** What the server says is kept back, so that its acknowledgements can't arrive. */
  hold(): void
  release(): void
}

/** Takes hold of the drafts' sockets of a page, or of all pages of a context. Call it before they are opened. */
export async function wireOf(of: Page | BrowserContext): Promise<Wire> {
  const open = new Map<WebSocketRoute, WebSocketRoute>()
  let isCut = false
  let held: (() => void)[] | null = null
  function end(page: WebSocketRoute) {
    void page.close({ code: LOST })
    void open.get(page)?.close({ code: LOST })
    open.delete(page)
  }
  await of.routeWebSocket(/\/drafts$/, (page) => {
    if (isCut) return void page.close({ code: LOST })
    const server = page.connectToServer()
    open.set(page, server)
    server.onMessage((message) => {
      const pass = () => page.send(message)
      if (held) held.push(pass)
      else pass()
    })
    server.onClose(() => end(page))
    page.onClose(() => end(page))
  })
  return {
    cut() {
      isCut = true
      for (const page of open.keys()) end(page)
    },
    mend: () => void (isCut = false),
    hold: () => void (held ??= []),
    release() {
      const waiting = held ?? []
      held = null
      for (const pass of waiting) pass()
    },
  }
}
