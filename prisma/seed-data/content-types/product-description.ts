import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const productDescription: CatalogContentType = {
  slug: 'product-description',
  name: 'Product description',
  description: 'Copy for a shop or catalogue page that helps the right buyer decide.',
  systemContext: `A product description is read by someone who compares. It answers "is this for me, and why this one?" and it
replaces touching the thing.

Structure
- The product's name as a title, with a line below that says what it is and for whom.
- An opening paragraph of 40 to 70 words: the buyer's situation and what gets better. Benefit first, feature as its reason.
- Three to six benefit lines as a list, one for each key point: what it does for the buyer, then the feature that does it.
- A short paragraph of use: how it feels, fits or works on an ordinary day.
- Facts that a buyer needs (size, material, compatibility, what is in the box) as given, or in [square brackets] if not.
- One line that helps the buyer decide now: the goal of the brief.

Length: 150 to 300 words.

Do
- Write for the senses and the task: what the buyer sees, hears, saves, no longer does.
- Be exact. A plain fact sells more than an adjective.
- Use the words that buyers search with, once each, where they belong.

Don't
- Use "high-quality", "innovative", "best-in-class", "revolutionary" or any claim without its reason.
- List features that mean nothing to this buyer.
- Invent specifications, certificates, prices, reviews or guarantees.`,
  form: briefForm({
    topic: {
      help: 'The product, by its name, and what it is.',
      placeholder: 'Hearth: a quiet desk heater for home offices',
    },
    audience: { placeholder: 'People who work from a cold spare room and are on calls all day' },
    goal: { placeholder: 'Visitors add it to the basket without having to ask support' },
    keyPoints: {
      help: 'What it does for the buyer, with the feature that does it. Three to six.',
      placeholder: 'Silent on calls: no fan, warm surface instead',
    },
    constraints: { placeholder: 'No health claims. British spelling. Under 220 words.' },
    additionalContext: {
      placeholder: 'Dimensions, materials, what is in the box, warranty, what competitors lack.',
    },
  }),
}
