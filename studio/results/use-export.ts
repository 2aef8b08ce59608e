import { toastController } from '@ionic/vue'
import { SAMPLE_LABEL } from '../app/models.ts'
import { fileName, htmlPage } from './export.ts'
import { rendered } from './markdown.ts'

const TOAST_MS = 2_200
const REVOKE_AFTER_MS = 10_000

export interface Exported {
  title: string
  text: string
  sample: boolean
}

const tell = async (message: string) =>
  (await toastController.create({ message, duration: TOAST_MS, position: 'bottom' })).present()

export async function copyText({ text }: Exported): Promise<void> {
  await tell(
    (await copied(text))
      ? 'Copied as Markdown'
      : 'This browser does not allow copying here; download it instead.',
  )
}

export function downloadMarkdown({ title, text, sample }: Exported): void {
  const note = sample ? `> ${SAMPLE_LABEL}\n\n` : ''
  download(fileName(title, 'md'), `${note}${text}\n`, 'text/markdown')
}

export function downloadHtml({ title, text, sample }: Exported): void {
  download(
    fileName(title, 'html'),
    htmlPage(title, rendered(text), sample ? SAMPLE_LABEL : null),
    'text/html',
  )
}

/** Outside of https and localhost there is no clipboard API; the older way still works there. */
async function copied(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch (error) {
      console.warn('The clipboard refused; trying the older way.', error)
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  area.style.cssText = 'position:fixed;opacity:0'
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}

function download(name: string, content: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS)
}
