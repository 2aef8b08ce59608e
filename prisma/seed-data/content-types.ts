import type { CatalogContentType } from '#graph'
import { blogPost } from './content-types/blog-post.ts'
import { caseStudy } from './content-types/case-study.ts'
import { emailNewsletter } from './content-types/email-newsletter.ts'
import { landingPage } from './content-types/landing-page.ts'
import { linkedinPost } from './content-types/linkedin-post.ts'
import { pressRelease } from './content-types/press-release.ts'
import { productDescription } from './content-types/product-description.ts'
import { twitterThread } from './content-types/twitter-thread.ts'

export const contentTypes: CatalogContentType[] = [
  blogPost,
  linkedinPost,
  twitterThread,
  emailNewsletter,
  productDescription,
  landingPage,
  pressRelease,
  caseStudy,
]
