/** Small, complete values for the examples of nodes. */
import { NO_USAGE } from './values.ts'
import type { Agent, AgentRole, Author, Brief, ContentType, Criterion, Draft, Evaluation } from './values.ts'

export const exampleContentType: ContentType = {
  slug: 'blog-post',
  name: 'Blog post',
  description: 'An article for the company blog.',
  systemContext: 'A title, an introduction, three sections and a call to action.',
}

export const exampleBrief: Brief = {
  contentType: exampleContentType,
  topic: 'Planning a content calendar',
  audience: 'Marketing leads of small software companies',
  goal: 'Readers download the calendar template',
  keyPoints: ['Start from the sales calendar', 'Plan fewer pieces and finish them'],
  tone: 'conversational',
}

const criterion = (name: string, description: string): Criterion => ({
  name,
  description,
  anchors: { low: 'Hardly there.', middle: 'There, with gaps.', high: 'Nothing left to ask for.' },
})

const EXAMPLE_NAMES: Record<AgentRole, [slug: string, name: string]> = {
  writer: ['creative', 'Creative writer'],
  editor: ['clarity', 'Clarity editor'],
  evaluator: ['quality', 'Quality evaluator'],
}

export function exampleAgent(role: AgentRole, overrides: Partial<Agent> = {}): Agent {
  const [slug, name] = EXAMPLE_NAMES[role]
  return {
    slug,
    name,
    role,
    description: `${name} of the examples.`,
    systemPrompt: 'You care about the reader first.',
    criteria:
      role === 'evaluator'
        ? [
            criterion('Clarity', 'Understood at first reading.'),
            criterion('Depth', 'Tells the reader something new.'),
          ]
        : [],
    ...overrides,
  }
}

export const exampleAuthor = (role: AgentRole, overrides: Partial<Author> = {}): Author => {
  const { slug, name } = exampleAgent(role)
  return { role, slug, name, model: `${slug}-auto`, ...overrides }
}

export function exampleDraft(overrides: Partial<Draft> = {}): Draft {
  const text =
    overrides.text ?? '# A calendar that survives March\n\nBegin with the dates that sales already knows.'
  return {
    id: 'draft-1',
    parent: null,
    brief: exampleBrief,
    writer: exampleAgent('writer'),
    editor: null,
    model: 'creative-auto',
    status: 'written',
    text,
    revisions: [{ number: 1, text, author: exampleAuthor('writer'), notes: [], usage: NO_USAGE }],
    reviews: [],
    ...overrides,
  }
}

export function exampleEvaluation(
  draftId: string,
  scores: number[],
  overrides: Partial<Evaluation> = {},
): Evaluation {
  const criteria = scores.map((score, index) => ({
    name: `Criterion ${index + 1}`,
    score,
    reason: 'As seen.',
  }))
  return {
    draftId,
    evaluator: exampleAuthor('evaluator'),
    stage: 'initial',
    criteria,
    score: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    rank: null,
    reason: 'Judged by the rubric.',
    usage: NO_USAGE,
    ...overrides,
  }
}
