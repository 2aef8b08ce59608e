/** Prompts as the built-in nodes write them, for tests. */
import type { Json, ProviderRequest } from '#run/interfaces.ts'

export const BRIEF = {
  name: 'Blog post',
  slug: 'blog-post',
  topic: 'Local-first AI for marketing teams',
  audience: 'Marketing leads at regulated companies',
  goal: 'Persuade readers to book a pilot',
  tone: 'conversational',
  keyPoints: [
    'Drafts never leave the firewall',
    'Lower costs per published piece',
    'Compare several models side by side',
  ],
  constraints: '',
}
export type TestBrief = typeof BRIEF

export const briefText = (brief: TestBrief): string =>
  [
    '# Brief',
    `Content type: ${brief.name} (${brief.slug})`,
    `Topic: ${brief.topic}`,
    `Audience: ${brief.audience}`,
    `Goal: ${brief.goal}`,
    `Tone: ${brief.tone}`,
    'Key points:',
    ...brief.keyPoints.map((point) => `- ${point}`),
    ...(brief.constraints === '' ? [] : [`Constraints: ${brief.constraints}`]),
  ].join('\n')

export const draftText = (text: string): string => `# Draft\n<<<\n${text}\n>>>`
export const notesText = (notes: string[]): string =>
  `# Editor's notes\n${notes.map((note) => `- ${note}`).join('\n')}`
export const TASK = '# Task\nDo it.'

export const systemOf = (slug: string, role: string): string =>
  `You are ${slug} ${role} (${slug}), ${role}.\n\nDo it well.`

export type Asked = Pick<ProviderRequest, 'system' | 'prompt' | 'schema' | 'seed'>

export const writing = (brief: TestBrief, writer = 'creative', seed = 1): Asked => ({
  system: systemOf(writer, 'writer'),
  prompt: [briefText(brief), TASK].join('\n\n'),
  seed,
})

export const revising = (brief: TestBrief, draft: string, notes: string[], writer = 'creative'): Asked => ({
  system: systemOf(writer, 'writer'),
  prompt: [briefText(brief), draftText(draft), notesText(notes), TASK].join('\n\n'),
  seed: 1,
})

const object = (properties: { [key: string]: Json }): { [key: string]: Json } => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})
const text = { type: 'string' }

export const REVIEW_SCHEMA = object({
  approved: { type: 'boolean' },
  reason: text,
  notes: { type: 'array', items: text },
})

export const reviewing = (brief: TestBrief, draft: string, editor: string): Asked => ({
  system: systemOf(editor, 'editor'),
  prompt: [briefText(brief), draftText(draft), TASK].join('\n\n'),
  schema: REVIEW_SCHEMA,
  seed: 1,
})

export const scoring = (brief: TestBrief, draft: string, names: string[], integer = false): Asked => ({
  system: systemOf('quality', 'evaluator'),
  prompt: [
    briefText(brief),
    draftText(draft),
    `# Criteria\n${names.map((name) => `- ${name}: as it says`).join('\n')}`,
    TASK,
  ].join('\n\n'),
  schema: object({
    criteria: {
      type: 'array',
      items: object({
        name: { type: 'string', enum: names },
        score: { type: integer ? 'integer' : 'number', minimum: 1, maximum: 10 },
        reason: { type: 'string', minLength: 1 },
      }),
      minItems: names.length,
      maxItems: names.length,
    },
    summary: text,
  }),
  seed: 1,
})

export function balloting(brief: TestBrief, finalists: string[], evaluator = 'quality'): Asked {
  const labels = finalists.map((_, index) => `Version ${String.fromCharCode(65 + index)}`)
  const blocks = finalists.map((finalist, index) => `## ${labels[index] ?? ''}\n<<<\n${finalist}\n>>>`)
  return {
    system: systemOf(evaluator, 'evaluator'),
    prompt: [
      briefText(brief),
      ['# Finalists', ...blocks].join('\n'),
      '# Criteria\n- Clarity: plain words',
      TASK,
    ].join('\n\n'),
    schema: object({
      ranking: {
        type: 'array',
        items: object({ label: { type: 'string', enum: labels }, reason: { type: 'string', minLength: 1 } }),
        minItems: labels.length,
        maxItems: labels.length,
      },
    }),
    seed: 1,
  }
}
