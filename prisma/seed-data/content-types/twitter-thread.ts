import type { CatalogContentType } from '#graph'
import { briefForm } from './form.ts'

export const twitterThread: CatalogContentType = {
  slug: 'twitter-thread',
  name: 'Twitter thread',
  description:
    'A numbered thread of short posts: a promise first, one thought per post, a close worth sharing.',
  systemContext: `A thread is read one post at a time, and each post may be seen alone. The first decides everything.

Structure
- Numbered posts, each opening with its number and the total: \`1/7\`, \`2/7\`, and so on. A blank line between posts.
- Post 1 is the hook: what the reader will get and why believe it, complete in itself. No "a thread" and no arrow emoji.
- One thought per post, at least one post for each key point. Each makes sense alone and pulls towards the next.
- The last post sums up in one line and asks for one thing: the goal of the brief.

Length: 5 to 9 posts. Every post stays under 280 characters, its number included; aim for 180 to 250.
Plain text: no Markdown.

Do
- Use short sentences and line breaks inside a post where they help.
- Be concrete: a step, an example, a before and after.
- Let the strongest point come second, right after the hook.

Don't
- Exceed 280 characters in any post, ever.
- Split a sentence across two posts.
- Use more than two hashtags in the whole thread, or any in the first post.
- Invent figures or results, or promise more than the thread gives.`,
  form: briefForm({
    topic: {
      help: 'What readers will have learned by the last post.',
      placeholder: 'Five questions that make a brief usable',
    },
    audience: { placeholder: 'Freelance writers and the people who hire them' },
    goal: { placeholder: 'Readers bookmark the thread and follow the account' },
    keyPoints: {
      help: 'One for each post. Four to seven work best.',
      placeholder: 'Ask what changes if nobody reads it',
    },
    constraints: { placeholder: 'At most 7 posts. One hashtag, in the last post.' },
    additionalContext: { placeholder: 'The link for the last post, facts that you may use, your handle.' },
  }),
}
