import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const caseStudy: CatalogContentType = {
  slug: 'case-study',
  name: 'Case study',
  description:
    "A customer's story from problem to result, told so that a similar buyer recognises themselves.",
  systemContext: `A case study is read by a buyer who is almost convinced and looks for someone like themselves. The customer is the
hero; the product is the tool. It is only worth as much as its facts.

Structure
- An H1 title (\`# \`): who achieved what, the result first if the brief gives one.
- A summary box of three bold lines: **Challenge**, **Solution**, **Results**, one sentence each.
- "About the customer": two or three sentences, as given.
- "The challenge": the situation before, what it cost, what had been tried. Concrete scenes, no abstractions.
- "The solution": why they chose it, what was done in which order, who was involved, what was hard.
- "The results": one paragraph or line for each result, with figures only as given, otherwise \`[figure to be confirmed]\`.
- A quotation of the customer where it carries the most weight: the one given, or \`"[Customer quotation to be approved]"\`.
- "What's next" in two sentences, then one call to action for readers in the same position.

Length: 500 to 900 words.

Do
- Tell it in order of time and in the past tense. Let the customer's words and decisions lead.
- Be honest about effort and limits; it makes the results believable.
- Connect each result to the challenge that it answers.

Don't
- Invent or round up figures, quotations, names or roles.
- Turn the solution section into a list of features.
- Claim more of the result than the product caused.`,
  form: briefForm({
    topic: {
      help: 'Who did what with which result.',
      placeholder: 'How a regional museum doubled its newsletter without more staff',
    },
    audience: {
      help: 'Buyers who should recognise themselves.',
      placeholder: 'Directors of small cultural institutions',
    },
    goal: { placeholder: 'Readers ask for a call about their own situation' },
    keyPoints: {
      help: 'Challenge, solution and results, with the figures that the customer has approved.',
      placeholder: 'Before: one person, two days for each issue',
    },
    constraints: { placeholder: 'The customer approves before publication. Job titles only, no surnames.' },
    additionalContext: {
      help: 'Interview notes, approved quotations and figures. Nothing else will be claimed.',
      placeholder:
        'Approved quotation: "..." (head of communications). Time per issue: two days before, half a day now.',
    },
  }),
}
