/** Reads the blocks that nodes put into prompts (the format is stated in `plugins/sdk/prompts.ts`). */
export interface PromptBrief {
  contentType: string
  slug: string
  topic: string
  audience: string
  goal: string
  tone: string
  keyPoints: string[]
  constraints: string
}

export interface ParsedPrompt {
  brief: PromptBrief | null
  draft: string | null
  notes: string[]
  earlierNotes: string[]
  finalists: { label: string; text: string }[]
  criteria: { name: string; description: string }[]
}

export interface Speaker {
  slug: string
  name: string
}

type Block = string[]

const TITLES = ['Brief', 'Draft', "Editor's notes", 'Earlier notes', 'Finalists', 'Criteria', 'Task']

/** Lines of each block by title; what stands between fences never opens one. */
function blocksOf(prompt: string): Map<string, Block> {
  const blocks = new Map<string, Block>()
  let current: Block | null = null
  let fenced = false
  for (const line of prompt.split('\n')) {
    if (line === '<<<') fenced = true
    else if (line === '>>>') fenced = false
    const title = fenced ? undefined : TITLES.find((candidate) => line.trimEnd() === `# ${candidate}`)
    if (title !== undefined) {
      current = []
      if (!blocks.has(title)) blocks.set(title, current)
    } else {
      current?.push(line)
    }
  }
  return blocks
}

const fencedText = (lines: Block): string => {
  const from = lines.indexOf('<<<')
  const to = lines.indexOf('>>>', from)
  const inside = from === -1 ? lines : lines.slice(from + 1, to === -1 ? undefined : to)
  return inside
    .map((line) => (line.trim() === '\\>>>' ? line.replace('\\>>>', '>>>') : line))
    .join('\n')
    .trim()
}

const listOf = (lines: Block): string[] =>
  lines.flatMap((line) => (line.startsWith('- ') ? [line.slice(2).trim()] : [])).filter((line) => line !== '')

function field(lines: Block, label: string): string {
  const start = lines.findIndex((line) => line.startsWith(`${label}:`))
  if (start === -1) return ''
  const first = (lines[start] ?? '').slice(label.length + 1).trim()
  const further: string[] = []
  for (const line of lines.slice(start + 1)) {
    if (!line.startsWith('  ')) break
    further.push(line.trim())
  }
  return [first, ...further].join('\n').trim()
}

function briefOf(lines: Block): PromptBrief | null {
  const topic = field(lines, 'Topic')
  if (topic === '') return null
  const type = field(lines, 'Content type')
  const [, name, slug] = /^(.*)\(([^()]*)\)$/.exec(type) ?? []
  const points = lines.findIndex((line) => line.startsWith('Key points:'))
  const after = points === -1 ? [] : lines.slice(points + 1)
  const end = after.findIndex((line) => !line.startsWith('- '))
  return {
    contentType: (name ?? type).trim() || 'Article',
    slug: (slug ?? type).trim().toLowerCase(),
    topic,
    audience: field(lines, 'Audience') || 'readers',
    goal: field(lines, 'Goal'),
    tone: field(lines, 'Tone').toLowerCase() || 'professional',
    keyPoints: listOf(end === -1 ? after : after.slice(0, end)),
    constraints: field(lines, 'Constraints'),
  }
}

function finalistsOf(lines: Block): ParsedPrompt['finalists'] {
  const found: { label: string; lines: Block }[] = []
  let fenced = false
  for (const line of lines) {
    if (line === '<<<') fenced = true
    if (!fenced && line.startsWith('## ')) found.push({ label: line.slice(3).trim(), lines: [] })
    else found.at(-1)?.lines.push(line)
    if (line === '>>>') fenced = false
  }
  return found.map(({ label, lines: own }) => ({ label, text: fencedText(own) }))
}

export function parsePrompt(prompt: string): ParsedPrompt {
  const blocks = blocksOf(prompt.replaceAll('\r\n', '\n'))
  const draft = blocks.get('Draft')
  return {
    brief: briefOf(blocks.get('Brief') ?? []),
    draft: draft ? fencedText(draft) : null,
    notes: listOf(blocks.get("Editor's notes") ?? []),
    earlierNotes: listOf(blocks.get('Earlier notes') ?? []),
    finalists: finalistsOf(blocks.get('Finalists') ?? []),
    criteria: listOf(blocks.get('Criteria') ?? []).map((line) => {
      const [name = '', ...rest] = line.split(': ')
      return { name, description: rest.join(': ') }
    }),
  }
}

/** Whom the system prompt speaks to; its first line says `You are <name> (<slug>), <role>.` */
export function speakerOf(system: string): Speaker {
  const [, name, slug] = /^You are (.+?) \(([^()]+)\), \w+\./.exec(system) ?? []
  return { slug: slug ?? '', name: name ?? '' }
}

/** Which of these words the speaker goes by: in its slug or name, else mentioned first, else drawn from the prompt. */
export function characterOf<T extends string>(system: string, known: readonly [T, ...T[]], draw: number): T {
  const { slug, name } = speakerOf(system)
  const own = `${slug} ${name}`.toLowerCase()
  const named = known.find((word) => own.includes(word))
  if (named) return named
  const mentioned = known
    .map((word) => ({ word, at: system.toLowerCase().search(new RegExp(`\\b${word}`)) }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at)
  return mentioned[0]?.word ?? known[draw % known.length] ?? known[0]
}
