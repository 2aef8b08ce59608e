import { headingOf, upperFirst } from '../language.ts'
import { type Shape, beforeBlock, plainBlocks, sentence } from './shape.ts'

const button = (cta: string) => `**[${cta}](#)**`

export const landingPage: Shape = {
  slug: 'landing-page',
  norm: [180, 700],
  headline: 'headline',
  write(copy, detail) {
    const [lead = '', ...rest] = copy.opening
    return [
      `# ${copy.title}`,
      `**${lead}**`,
      rest.join(' '),
      button(copy.cta),
      `## ${copy.random.pick(['What you get', `What you get with ${copy.topic}`])}`,
      ...copy.points.flatMap((point) => [
        `### ${upperFirst(headingOf(point))}`,
        copy.underHeading(point, Math.min(detail, 2)).join(' '),
      ]),
      '## What customers say',
      '> "[Customer quote]"\n> [Name, role, organisation]',
      '## Questions and answers',
      `**Who is it for?** ${sentence(`It is made for ${copy.wholeAudience}`)}`,
      `**What is it about?** ${sentence(`It is about ${copy.wholeTopic}`)} ${copy.remark()}`,
      `**What happens next?** ${sentence(copy.cta)} [What the visitor can expect after that.]`,
      '## Ready when you are',
      copy.closing,
      button(copy.cta),
    ]
  },
  addPoint: (point, sentences) => [`### ${upperFirst(headingOf(point))}`, sentences.join(' ')],
  callToAction: button,
  endOf: (blocks) => beforeBlock(blocks, /^## (?:What customers say|Questions|Ready)/),
  ...plainBlocks,
}

export const productDescription: Shape = {
  slug: 'product-description',
  norm: [100, 350],
  headline: 'title',
  write(copy, detail) {
    return [
      `# ${copy.title}`,
      copy.opening.join(' '),
      `## ${copy.random.pick(['What it brings you', `What ${copy.topic} brings you`])}`,
      ...copy.points.map((point) =>
        `- **${upperFirst(point)}.** ${copy.section(point, Math.min(detail, 2)).slice(1).join(' ')}`.trim(),
      ),
      '## Good to know',
      `- For: ${copy.wholeAudience}\n- Price: [price]\n- Availability: [availability]`,
      copy.closing,
      `**Next step:** ${sentence(copy.cta)}`,
    ]
  },
  addPoint: (point, sentences) => [`- **${upperFirst(point)}.** ${sentences.slice(1).join(' ')}`.trim()],
  callToAction: (cta) => `**Next step:** ${sentence(cta)}`,
  endOf: (blocks) => beforeBlock(blocks, /^## Good to know|^\*\*Next step/),
  ...plainBlocks,
}
