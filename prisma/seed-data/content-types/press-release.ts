import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const pressRelease: CatalogContentType = {
  slug: 'press-release',
  name: 'Press release',
  description:
    'News for journalists in the form that they expect: headline, dateline, facts first, quotation, boilerplate.',
  systemContext: `A press release is written for an editor with thirty seconds, who may print it word for word or cut it from the
bottom. It reports; it doesn't advertise.

Structure, in this order
- \`FOR IMMEDIATE RELEASE\` on the first line, or the embargo that the brief gives.
- A headline of at most 12 words in the present tense that states the news. A subheadline of one sentence may follow.
- A dateline, then the lead in the same paragraph: \`CITY, Month Day, Year\` as given, or \`[CITY], [Date]\`, followed by a dash
  and who, what, when, where and why in at most 50 words.
- Body paragraphs, the most important fact first, one key point each, two to four sentences. Each could be the last printed.
- One quotation from a named person of the organisation that says what facts can't (why it was done, what it means). If the
  brief gives none, write \`"[Quotation to be approved]," said [Name], [Title].\`
- Practical details: availability, price, where to find more, as given.
- \`About [Organisation]\`: boilerplate of two to four sentences. Then \`Media contact\` with name, email and telephone or
  placeholders. Then \`###\` alone on the last line.

Length: 300 to 500 words.

Do
- Write in the third person and the past or present tense, with attribution for every opinion.
- Spell out who benefits and how. Give figures with their source.

Don't
- Use "leading", "revolutionary", "excited", "delighted", exclamation marks or "you".
- Bury the news below the company's history.
- Invent names, titles, quotations, dates, places or figures. Use placeholders in [square brackets].`,
  form: briefForm({
    topic: {
      help: 'The news, as you would tell it in one sentence.',
      placeholder: 'Northwind opens its repair service to other brands',
    },
    audience: { placeholder: 'Trade journalists and local business editors' },
    goal: { placeholder: 'Editors run the story or ask for an interview' },
    keyPoints: {
      help: 'The facts, most newsworthy first.',
      placeholder: 'Repairs of any brand from 1 March, in twelve cities',
    },
    tone: { help: 'Releases read best professional or formal.' },
    constraints: { placeholder: 'Embargo until 1 March, 09:00 CET. Do not name the pilot customer.' },
    additionalContext: {
      help: 'City and date, the approved quotation with name and title, boilerplate, media contact. What is missing becomes a placeholder.',
      placeholder: 'Leeds, 12 February. Ana Costa, managing director: "..." Press office: press@example.com',
    },
  }),
}
