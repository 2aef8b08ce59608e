/**
 * Job: the text blocks that built-in nodes put into prompts. The format is fixed, because the sample model reads it.
 * Boundary: pure strings; nothing here knows which node or model uses a block.
 *
 * 1. A prompt is a list of blocks. A block opens with a line `# Title` at the start of a line and runs to the next
 *    such line: `# Brief`, `# Draft`, `# Editor's notes`, `# Earlier notes`, `# Finalists`, `# Criteria`, `# Task`.
 * 2. The brief is `Label: value` lines and `Key points:` with `- ` lines. Only constraints, examples and additional
 *    context may have several lines: every further line (blank ones too) is indented by two spaces. Empty optional
 *    fields are left out.
 * 3. Texts under review are fenced: a line `<<<`, the text as it is, a line `>>>`. Nothing between the fences is
 *    parsed. A line of the text that is only `>>>` is written `\>>>`.
 * 4. `# Finalists` holds `## Version A`, `## Version B`, ... each followed by a fenced text. A ballot names a finalist
 *    by the whole heading: `Version A`.
 * 5. `# Criteria` has `- name: description` lines, their anchors on lines indented by two spaces.
 * 6. The system prompt's first line is `You are <name> (<slug>), <role>.`
 * 7. User text never opens a block: it is fenced, on one line behind a label, or indented with `#` escaped as `\#`.
 */
import type { Agent, Brief, ContentType, Criterion } from './values.ts'

const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/

/** All on one line, so that it can't open a block or a field. */
export const oneLine = (text: string): string => text.split(LINE_BREAK).join(' ').replace(/\s+/g, ' ').trim()

const indented = (text: string): string =>
  text
    .trim()
    .split(LINE_BREAK)
    .map((line, index) => (index === 0 ? line : `  ${line.replace(/^(\s*)(#|<<<|>>>)/, '$1\\$2')}`))
    .join('\n')

/** A text between fences. Headings inside stay as they are. */
export function fenced(text: string): string {
  const lines = text
    .split(LINE_BREAK)
    .map((line) => (line.trim() === '>>>' ? line.replace('>>>', '\\>>>') : line))
  return ['<<<', ...lines, '>>>'].join('\n')
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${oneLine(line)}`).join('\n')

export function briefBlock(brief: Brief): string {
  const optional = (label: string, value: string | undefined) =>
    value === undefined || value.trim() === '' ? [] : [`${label}: ${indented(value)}`]
  return [
    '# Brief',
    `Content type: ${oneLine(brief.contentType.name)} (${oneLine(brief.contentType.slug)})`,
    `Topic: ${oneLine(brief.topic)}`,
    `Audience: ${oneLine(brief.audience)}`,
    `Goal: ${oneLine(brief.goal)}`,
    `Tone: ${brief.tone}`,
    'Key points:',
    list(brief.keyPoints),
    ...optional('Constraints', brief.constraints),
    ...optional('Examples', brief.examples),
    ...optional('Additional context', brief.additionalContext),
  ].join('\n')
}

export const draftBlock = (text: string): string => `# Draft\n${fenced(text)}`

export const notesBlock = (notes: readonly string[]): string => `# Editor's notes\n${list(notes)}`

export const earlierNotesBlock = (notes: readonly string[]): string => `# Earlier notes\n${list(notes)}`

/** `Version A` for 0, `Version B` for 1, ... */
export const versionLabel = (index: number): string => `Version ${String.fromCharCode(65 + index)}`

export const finalistsBlock = (texts: readonly string[]): string =>
  ['# Finalists', ...texts.map((text, index) => `## ${versionLabel(index)}\n${fenced(text)}`)].join('\n')

export function criteriaBlock(criteria: readonly Criterion[]): string {
  const lines = criteria.flatMap(({ name, description, anchors }) => [
    `- ${oneLine(name)}: ${oneLine(description)}`,
    `  1 to 3: ${oneLine(anchors.low)}`,
    `  4 to 7: ${oneLine(anchors.middle)}`,
    `  8 to 10: ${oneLine(anchors.high)}`,
  ])
  return ['# Criteria', ...lines].join('\n')
}

export const taskBlock = (...lines: string[]): string => ['# Task', ...lines].join('\n')

export const promptOf = (...blocks: string[]): string => blocks.join('\n\n')

/** Who speaks, and the house rules of what is being written. */
export function systemPromptOf(agent: Agent, contentType: ContentType): string {
  return [
    `You are ${oneLine(agent.name)} (${oneLine(agent.slug)}), ${agent.role}.`,
    agent.systemPrompt.trim(),
    `What good looks like for this content type, ${oneLine(contentType.name)}:`,
    contentType.systemContext.trim(),
  ].join('\n\n')
}
