import { ref, shallowRef } from 'vue'
import type { Failure } from '#graph'
import { type Outputs, api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'
import { MAX_DOCUMENT_BYTES, readDocument } from './read-document.ts'

/** A document on its way in: read, checked by the engine, shown, and created only once the person agrees. */
export function useImport() {
  const answer = shallowRef<Outputs['flows']['check'] | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const checking = ref(false)
  const importing = ref(false)
  let document: unknown = null
  let latest = 0

  async function look(text: string) {
    const turn = ++latest
    failure.value = null
    const read = readDocument(text)
    if (read.failure) {
      failure.value = read.failure
      return
    }
    checking.value = true
    try {
      const checked = await api.flows.check.mutate({ document: read.document })
      if (turn !== latest) return
      document = read.document
      answer.value = checked
    } catch (error) {
      if (turn === latest) failure.value = failureFrom(error)
    } finally {
      if (turn === latest) checking.value = false
    }
  }

  async function lookAtFile(file: File) {
    // A file far beyond the limit is not even read.
    if (file.size > 2 * MAX_DOCUMENT_BYTES) {
      failure.value = {
        code: 'transfer.too_large',
        message: `${file.name} is too large for a flow.`,
        fix: 'Choose a file that holds a single flow.',
        retryable: false,
        facts: { bytes: file.size },
      }
      return
    }
    try {
      await look(await file.text())
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  /** The new flow's id, or null with `failure` set. */
  async function create(): Promise<string | null> {
    if (importing.value) return null
    importing.value = true
    failure.value = null
    try {
      return (await api.flows.import.mutate({ document })).id
    } catch (error) {
      failure.value = failureFrom(error)
      return null
    } finally {
      importing.value = false
    }
  }

  function reset() {
    latest++
    checking.value = false
    document = null
    answer.value = null
    failure.value = null
  }

  return { answer, failure, checking, importing, look, lookAtFile, create, reset }
}
