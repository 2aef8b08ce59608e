import type { BriefField } from '#graph'

type Key = BriefField['key']
type Question = { help: string; placeholder: string }

const FIELDS: Record<Key, Pick<BriefField, 'label' | 'kind' | 'required'>> = {
  topic: { label: 'Topic', kind: 'line', required: true },
  audience: { label: 'Audience', kind: 'line', required: true },
  goal: { label: 'Goal', kind: 'text', required: true },
  keyPoints: { label: 'Key points', kind: 'list', required: true },
  tone: { label: 'Tone', kind: 'choice', required: true },
  constraints: { label: 'Constraints', kind: 'text', required: false },
  examples: { label: 'Examples', kind: 'text', required: false },
  additionalContext: { label: 'Additional context', kind: 'text', required: false },
}

const COMMON: Record<Key, Question> = {
  topic: { help: 'What it is about, in one line.', placeholder: '' },
  audience: { help: 'Who reads it: their job, what they know, what worries them.', placeholder: '' },
  goal: { help: 'What a reader should do, think or feel afterwards. One goal works best.', placeholder: '' },
  keyPoints: { help: 'What must be said, one point a line, the most important first.', placeholder: '' },
  tone: { help: 'How it should sound.', placeholder: '' },
  constraints: {
    help: 'What to keep to: length, words to use or avoid, legal lines, links.',
    placeholder: 'At most 800 words. Say "members", never "users".',
  },
  examples: {
    help: 'Texts that sound right to you. Writers learn the style from them and copy nothing.',
    placeholder: 'Paste one or two passages that you like.',
  },
  additionalContext: {
    help: 'Facts, figures, quotations and background that writers may use. They invent none.',
    placeholder: 'Launched in May. 40 pilot customers. Quotation from our head of product: "..."',
  },
}

/** The brief form of a content type: the common questions, asked in the words of this type where it gives them. */
export const briefForm = (own: Partial<Record<Key, Partial<Question>>>): BriefField[] =>
  (Object.keys(FIELDS) as Key[]).map((key) => ({ key, ...FIELDS[key], ...COMMON[key], ...own[key] }))
