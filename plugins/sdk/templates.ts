/** How Liquid is set up wherever a text is filled in: in the isolate of a step, and in the studio's preview of it. */
export const TEMPLATE_OPTIONS = {
  ownPropertyOnly: true,
  strictFilters: true,
  templates: {},
  /** Characters. */
  parseLimit: 200_000,
  /** Milliseconds. */
  renderLimit: 500,
  /** Liquid's own count: about one for each character or element made. */
  memoryLimit: 4_000_000,
}

/** Tags that read other templates, and filters that need what an isolate does not have. */
export const LEFT_OUT_TAGS = ['include', 'render', 'layout', 'block']
export const LEFT_OUT_FILTERS = ['base64_encode', 'base64_decode']

/** Whether there is anything in a text to fill in. */
export const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%')
