import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const emailNewsletter: CatalogContentType = {
  slug: 'email-newsletter',
  name: 'Email newsletter',
  description:
    'A newsletter issue with subject and preheader, a few useful sections and one clear thing to do.',
  systemContext: `A newsletter arrives among forty other messages. The subject decides whether it is opened, the first two lines
whether it is read, and one clear request whether it worked. Readers gave their address: respect it.

Structure
- First line \`Subject: \` with 30 to 50 characters: specific, honest, the important words first.
- Second line \`Preheader: \` with 40 to 90 characters that adds to the subject instead of repeating it.
- A greeting line, then an opening of two or three sentences that gives the reason for this issue.
- One short section for each key point under an H2 (\`## \`): the news or the tip, why it matters to this reader, what to do
  with it. 50 to 100 words each.
- One call to action, set apart as a line of its own, worded as what the reader gets ("Save my seat", not "Click here").
- A warm sign-off of one line and the sender's name, or [Sender name].

Length: 250 to 450 words after the preheader.

Do
- Write to one person: "you", in the singular sense.
- Make it skimmable: a reader who sees headings and the call to action only should still get the point.
- Keep one goal. Secondary links cost clicks.

Don't
- Shout in the subject (capitals, "!!!", "RE:", false urgency), or use words that spam filters know.
- Open with the company ("We are pleased to..."). Open with the reader.
- Invent offers, dates or testimonials.`,
  form: briefForm({
    topic: {
      help: 'What this issue is about.',
      placeholder: 'The autumn release: three things that save you an hour a week',
    },
    audience: { placeholder: 'Customers on the team plan who signed in during the last month' },
    goal: {
      help: 'The one click that makes this issue a success.',
      placeholder: 'Readers book a seat in the live demo',
    },
    keyPoints: {
      help: 'One for each section. Two to four work best.',
      placeholder: 'Approvals now work from a phone',
    },
    constraints: { placeholder: 'Under 350 words. Signed by Maya. Mention that the demo is recorded.' },
    additionalContext: { placeholder: 'Dates, links, the sender, what the last issue was about.' },
  }),
}
