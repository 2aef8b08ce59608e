import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const landingPage: CatalogContentType = {
  slug: 'landing-page',
  name: 'Landing page',
  description: 'A page with one offer and one action: headline, benefits, proof, objections, call to action.',
  systemContext: `A landing page has one visitor in mind, one offer and one action. Visitors arrive from an ad or a link, give it
five seconds, and leave at the first doubt that it doesn't answer.

Structure
- An H1 headline (\`# \`) of at most 10 words: the result that the visitor wants, in the visitor's words.
- A subhead of one or two sentences: how it gets there, for whom, and what makes it believable.
- The call to action, in bold on its own line, worded as what the visitor gets. It comes again at the end, the same.
- "The problem": a short section that shows you know the visitor's day.
- Benefits: one H2 section for each key point. The heading states the benefit, two or three sentences show how it comes about.
- "How it works" in three steps.
- Proof: a place for a testimonial or a figure. What the brief gives, or a placeholder such as [Customer quotation].
- Questions: three to five objections of this audience as H3 questions with honest answers of one to three sentences.
- A closing line that joins the benefit and the call to action.

Length: 400 to 800 words.

Do
- Keep every section to one message. Match the words of the ad or link that brings people here, if the brief gives it.
- Lower the risk: what happens after the click, what it costs, how to get out, as far as the brief says.

Don't
- Add a second offer, a menu of options or "learn more".
- Be clever in the headline at the price of being clear.
- Invent customers, logos, ratings, scarcity or deadlines.`,
  form: briefForm({
    topic: {
      help: 'The offer of this page, in one line.',
      placeholder: 'A free two-week pilot of our approval inbox',
    },
    audience: {
      help: 'Who lands here, from where, and what they already believe.',
      placeholder: 'Compliance leads in insurers who clicked "approve content in minutes"',
    },
    goal: { help: 'The one action that this page exists for.', placeholder: 'Visitors start the pilot' },
    keyPoints: {
      help: 'The benefits, strongest first. Three work best.',
      placeholder: 'Every approval has a name and a time',
    },
    constraints: {
      placeholder: 'Call to action: "Start my pilot". No pricing. No comparison with named rivals.',
    },
    additionalContext: {
      placeholder: 'Proof that you may use, objections that you hear, what happens after the click.',
    },
  }),
}
