import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'

// Markup inside a text is text: nothing that a model writes becomes an element by itself.
const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: true })

/** Sanitised HTML of a draft. Images are left out: loading one would tell its server who is reading. */
export function rendered(text: string): string {
  return DOMPurify.sanitize(markdown.render(text), {
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['img', 'style', 'form', 'input', 'button', 'iframe', 'video', 'audio', 'source', 'picture'],
    FORBID_ATTR: ['style', 'class', 'id'],
  })
}
