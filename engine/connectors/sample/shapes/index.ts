import { blogPost, caseStudy, pressRelease } from './articles.ts'
import { emailNewsletter, linkedinPost, twitterThread } from './messages.ts'
import { landingPage, productDescription } from './pages.ts'
import type { Shape } from './shape.ts'

export type { Shape } from './shape.ts'

export const SHAPES: readonly Shape[] = [
  blogPost,
  linkedinPost,
  twitterThread,
  emailNewsletter,
  productDescription,
  landingPage,
  pressRelease,
  caseStudy,
]

const BY_WORD: readonly [RegExp, Shape][] = [
  [/thread|tweet|twitter/i, twitterThread],
  [/linkedin|social/i, linkedinPost],
  [/mail|newsletter/i, emailNewsletter],
  [/product/i, productDescription],
  [/landing|web ?page/i, landingPage],
  [/press|release/i, pressRelease],
  [/case|customer stor/i, caseStudy],
]

/** The shape of a content type; one that an organisation made itself is matched by its name, else it is an article. */
export function shapeOf(type: { slug: string; contentType: string }): Shape {
  const own = SHAPES.find(({ slug }) => slug === type.slug)
  return own ?? BY_WORD.find(([word]) => word.test(`${type.slug} ${type.contentType}`))?.[1] ?? blogPost
}
