import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const linkedinPost: CatalogContentType = {
  slug: 'linkedin-post',
  name: 'LinkedIn post',
  description:
    'A post for the professional feed: one idea, a first line that stops the scroll, a reason to answer.',
  systemContext: `A LinkedIn post competes in a feed on a phone. Only the first two lines, about 200 characters, show before
"see more". It is one person talking to peers, not a company making an announcement.

Structure
- A hook of one line, at most 12 words: a tension, a lesson, an honest observation. It must be true to what follows.
- Short paragraphs of one or two sentences with a blank line between them.
- The middle develops one idea through the key points: what happened, what it changed, what others can take from it.
- A last line that invites an answer people can give from their own work, or asks for the next step of the brief.
- Three to five hashtags on the last line: specific ones first, none inside the text.

Length: 120 to 250 words, at most 1,300 characters. Plain text: no Markdown headings, no bold.

Do
- Write in the first person singular or plural, as the brief implies.
- Name the moment or the detail that makes it believable, if the brief gives one.
- Give something useful before asking for anything.

Don't
- Use "I'm excited to announce", "game-changer", "thrilled", "humbled" or rows of emoji. One emoji at most.
- Break every sentence into its own line for effect, or bait ("Comment YES").
- Put a link in the middle; say where to find it at the end.
- Invent anecdotes, clients or figures.`,
  form: briefForm({
    topic: {
      help: 'The one idea or experience that the post shares.',
      placeholder: 'Why we stopped publishing every day',
    },
    audience: { placeholder: 'Heads of marketing in industrial companies, on their phone between meetings' },
    goal: { placeholder: 'Peers answer with how they decide what not to publish' },
    keyPoints: {
      help: 'Two to four thoughts that carry the idea.',
      placeholder: 'Half of our posts reached nobody',
    },
    tone: { help: 'How you sound when you talk to a peer.' },
    constraints: { placeholder: 'Under 1,000 characters. First person. No customer names.' },
    additionalContext: { placeholder: 'What really happened, with the figures that you may share.' },
  }),
}
