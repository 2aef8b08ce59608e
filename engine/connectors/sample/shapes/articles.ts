import { headingOf, midSentence, phrase, upperFirst } from '../language.ts'
import { type Shape, beforeBlock, plainBlocks, sentence } from './shape.ts'

const heading = (point: string) => `## ${upperFirst(headingOf(phrase(point)))}`
const nextStep = (cta: string) => `**Next step:** ${sentence(cta)}`
const NEXT = /^(?:## (?:Where .* from here$|What to do next|Next steps for)|\*\*Next step)/

export const blogPost: Shape = {
  slug: 'blog-post',
  norm: [250, 900],
  headline: 'title',
  write(copy, detail) {
    const last = copy.random.pick([
      'Where to go from here',
      'What to do next',
      `Next steps for ${copy.topic}`,
      `Where ${copy.topic} goes from here`,
    ])
    return [
      `# ${copy.title}`,
      copy.opening.join(' '),
      ...copy.points.flatMap((point) => [heading(point), ...paragraphs(copy.underHeading(point, detail))]),
      `## ${last}`,
      copy.closing,
      nextStep(copy.cta),
    ]
  },
  addPoint: (point, sentences) => [heading(point), sentences.join(' ')],
  callToAction: nextStep,
  endOf: (blocks) => beforeBlock(blocks, NEXT),
  ...plainBlocks,
}

export const caseStudy: Shape = {
  slug: 'case-study',
  norm: [250, 900],
  headline: 'title',
  write(copy, detail) {
    const [first = copy.topic, ...rest] = copy.points
    return [
      `# ${copy.title}`,
      copy.opening.join(' '),
      `**At a glance**\n- Customer: [Customer name]\n- For: ${copy.wholeAudience}\n- Subject: ${copy.wholeTopic}`,
      '## The challenge',
      `${copy.remark()} ${sentence(`The aim was plain: ${midSentence(phrase(copy.brief.goal) || copy.topic)}`)}`,
      '## The solution',
      ...[first, ...rest].flatMap((point) => [
        `### ${upperFirst(headingOf(point))}`,
        copy.underHeading(point, detail).join(' '),
      ]),
      '## The results',
      `What changed, point by point, with figures to be confirmed by the customer:`,
      [first, ...rest].map((point) => `- ${upperFirst(headingOf(point))}: [measured result]`).join('\n'),
      `> "[Customer quote about ${copy.topic}]"\n> [Name, role, customer name]`,
      copy.closing,
      nextStep(copy.cta),
    ]
  },
  addPoint: (point, sentences) => [`### ${upperFirst(headingOf(point))}`, sentences.join(' ')],
  callToAction: nextStep,
  endOf: (blocks) => beforeBlock(blocks, /^## The results|^\*\*Next step/),
  ...plainBlocks,
}

export const pressRelease: Shape = {
  slug: 'press-release',
  norm: [200, 700],
  headline: 'headline',
  write(copy, detail) {
    return [
      'FOR IMMEDIATE RELEASE',
      `# ${copy.newsTopic ?? copy.title}`,
      `**[City], [Date]** \u2013 ${sentence(copy.newsTopic ?? `[Organisation] today shared news on ${copy.wholeTopic}`)} ${copy.opening.filter((line) => !line.endsWith('?')).join(' ')}`,
      ...copy.points.map((point) => copy.section(point, Math.min(detail, 2)).join(' ')),
      `> "[Quote on ${copy.topic}]," said [Name], [Title] at [Organisation].`,
      copy.closing,
      `**More information:** ${sentence(copy.cta)}`,
      '## About [Organisation]',
      `[Organisation] works with ${copy.audience} on ${copy.topic}. [One or two sentences about the organisation.]`,
      '## Media contact',
      '[Name]\n[Email address]\n[Telephone]',
      '###',
    ]
  },
  addPoint: (_point, sentences) => [sentences.join(' ')],
  callToAction: (cta) => `**More information:** ${sentence(cta)}`,
  endOf: (blocks) => beforeBlock(blocks, /^> |^\*\*More information|^## About/),
  ...plainBlocks,
}

/** Two paragraphs where one would be long. */
function paragraphs(sentences: string[]): string[] {
  if (sentences.length < 4) return [sentences.join(' ')]
  return [sentences.slice(0, 2).join(' '), sentences.slice(2).join(' ')]
}
