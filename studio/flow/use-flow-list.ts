import { alertController, toastController } from '@ionic/vue'
import { shallowRef } from 'vue'
import type { Failure } from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'

const UNDO_WITHIN_MS = 8_000
const MAX_NAME_CHARACTERS = 200

/** What can be done with the list of flows; `reload` fetches it anew. */
export function useFlowList(reload: () => Promise<void>) {
  const failure = shallowRef<Failure | null>(null)

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    failure.value = null
    try {
      return await work()
    } catch (error) {
      failure.value = failureFrom(error)
      return null
    }
  }

  /** Null when the person changed their mind. */
  async function askForName(): Promise<string | null> {
    const alert = await alertController.create({
      header: 'New flow',
      inputs: [
        {
          name: 'name',
          type: 'text',
          label: 'Name',
          placeholder: 'What is it for?',
          attributes: { maxlength: MAX_NAME_CHARACTERS, 'aria-label': 'Name of the flow' },
        },
      ],
      buttons: [
        { text: 'Cancel', role: 'cancel' },
        { text: 'Create', role: 'confirm' },
      ],
    })
    await alert.present()
    const { role, data } = await alert.onDidDismiss<{ values?: { name?: string } }>()
    return role === 'confirm' ? data?.values?.name?.trim() || 'New flow' : null
  }

  async function create(name: string): Promise<string | null> {
    return attempt(async () => (await api.flows.create.mutate({ name })).id)
  }

  /** Takes a flow out of the list; for a while a toast offers it back. */
  async function remove({ id, name }: { id: string; name: string }) {
    const removed = await attempt(async () => {
      await api.flows.remove.mutate({ id })
      return true
    })
    if (!removed) return
    await reload()
    const toast = await toastController.create({
      message: `“${name}” is removed. Its runs are kept.`,
      duration: UNDO_WITHIN_MS,
      position: 'bottom',
      buttons: [{ text: 'Undo', handler: () => void restore(id) }],
    })
    await toast.present()
  }

  async function restore(id: string) {
    await attempt(() => api.flows.restore.mutate({ id }))
    await reload()
  }

  return { failure, askForName, create, remove }
}
