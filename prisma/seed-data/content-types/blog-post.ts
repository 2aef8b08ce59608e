import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const blogPost: CatalogContentType = {
  slug: 'blog-post',
  name: 'Blog post',
  description: 'An article that teaches one thing well, earns search traffic and leads to one next step.',
  systemContext: `A blog post is read by someone who searched for an answer or followed a link, and who decides in the first
three lines whether to stay.

Structure
- One H1 title (\`# \`) of 50 to 65 characters that names the topic and promises something specific.
- An introduction of 60 to 120 words: the reader's situation, why it matters now, what this post gives. No throat-clearing.
- One H2 section (\`## \`) for each key point, in the order that helps the reader most. Each section makes its point in the
  first sentence, then explains, then shows: an example, a step, a contrast. 100 to 250 words each.
- Lists only for things that are really a list (steps, options). Never a post made of bullets.
- A closing section that draws the conclusion and asks for exactly one next step, the goal of the brief.

Length: 700 to 1,200 words unless the constraints say otherwise.

Do
- Put the topic's own words into the title, the first paragraph and at least one heading, as a person would say them.
- Write paragraphs of two to four sentences; vary their length.
- Prefer the concrete to the general: who does what, when, with what result.

Don't
- Open with "In today's fast-paced world", a dictionary definition or a question that nobody asks.
- Announce what you will say, say it, and say that you said it.
- Invent figures, studies, customers or quotations. Leave a placeholder in [square brackets] where proof is needed.
- Repeat the keyword for its own sake.`,
  form: briefForm({
    topic: {
      help: 'What the post answers, close to how your readers would search for it.',
      placeholder: 'How small teams can plan a content calendar that they keep',
    },
    audience: {
      placeholder: 'Marketing leads of software companies with 20 to 100 people, doing most of it themselves',
    },
    goal: { placeholder: 'Readers download our calendar template' },
    keyPoints: {
      help: 'One point for each section, the most important first. Three to five work best.',
      placeholder: 'Start from the dates that sales already knows',
    },
    constraints: { placeholder: '900 words. Mention the template once, at the end. No competitor names.' },
    additionalContext: { placeholder: 'Search terms to cover, facts with their source, links to refer to.' },
  }),
}
