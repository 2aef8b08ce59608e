const MAX_MILLISECONDS = 100
const MAX_MEMORY = 2_000_000

export type Preview = { text: string; fault: null } | { text: null; fault: string }

/**
 * What a template comes to with sample values. Only to be looked at: a run renders inside the step's isolate. The
 * library comes when the first preview does.
 */
export async function previewOf(template: string, variables: object): Promise<Preview> {
  const { Liquid } = await import('liquidjs')
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    templates: {},
    renderLimit: MAX_MILLISECONDS,
    memoryLimit: MAX_MEMORY,
  })
  for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag]
  try {
    return { text: String(await liquid.parseAndRender(template, variables)), fault: null }
  } catch (error) {
    return { text: null, fault: error instanceof Error ? error.message : String(error) }
  }
}
