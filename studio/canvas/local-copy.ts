/**
 * Job: keeps a draft's document in this browser's IndexedDB, and every tab of one person up to date with the others.
 * Boundary: knows updates of a document and nothing of what is in it, nothing of the server.
 * - C1 `kept` is true only while everything in the document is in the database: an edit that the browser does not
 *   take (storage full, blocked, cleared) makes it false until the whole document has been written again.
 * - C2 Updates are only ever added; those that a later one contains are removed in the transaction that adds it.
 * - C3 What comes from another tab or from the database is not written again.
 */
import { type Ref, ref } from 'vue'
import * as Y from 'yjs'

const STORE = 'updates'
const TRIM_AFTER_UPDATES = 500

export interface LocalCopy {
  kept: Readonly<Ref<boolean>>
  /** Resolves once what was kept is in the document; at once where nothing can be kept. */
  ready: Promise<void>
  close(): void
}

export function keepLocally(doc: Y.Doc, name: string): LocalCopy {
  const kept = ref(false)
  const self = {}
  const tabs = new BroadcastChannel(name)
  let database: IDBDatabase | null = null
  let whole = false
  let count = 0

  function failed(error: unknown) {
    kept.value = false
    whole = false
    console.warn('This browser keeps no copy of the draft; only the server does.', error)
  }

  /** Everything there is, in place of all that was added so far. */
  function writeWhole(store: IDBObjectStore) {
    store.clear()
    store.add(Y.encodeStateAsUpdate(doc))
    whole = true
    count = 1
  }

  function write(update: Uint8Array) {
    if (!database) return
    try {
      const transaction = database.transaction(STORE, 'readwrite')
      const store = transaction.objectStore(STORE)
      if (whole && count < TRIM_AFTER_UPDATES) {
        store.add(update)
        transaction.commit()
        count++
      } else readInto(doc, store, self, () => writeWhole(store))
      transaction.addEventListener('complete', () => (kept.value = whole))
      transaction.addEventListener('abort', () => failed(transaction.error))
    } catch (error) {
      failed(error)
    }
  }

  function onUpdate(update: Uint8Array, origin: unknown) {
    if (origin === self) return
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no such argument
    tabs.postMessage(update)
    write(update)
  }
  doc.on('update', onUpdate)
  tabs.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data instanceof Uint8Array) Y.applyUpdate(doc, data, self)
  })

  const ready = opened(name).then(
    (db) => {
      database = db
      db.addEventListener('close', () => failed('it was closed'))
      // Another tab wants to delete or upgrade it: this one must not stand in its way.
      db.addEventListener('versionchange', () => db.close())
      return loaded(db)
    },
    (error: unknown) => failed(error),
  )

  function loaded(db: IDBDatabase): Promise<void> {
    return new Promise((resolve) => {
      const transaction = db.transaction(STORE, 'readwrite')
      const store = transaction.objectStore(STORE)
      readInto(doc, store, self, () => writeWhole(store))
      transaction.addEventListener('complete', () => resolve(void (kept.value = true)))
      transaction.addEventListener('abort', () => resolve(failed(transaction.error)))
    })
  }

  return {
    kept,
    ready,
    close() {
      doc.off('update', onUpdate)
      tabs.close()
      void ready.then(() => database?.close())
    },
  }
}

/** Another tab may have added to the database what this document has not seen; nothing of it may be cleared away. */
function readInto(doc: Y.Doc, store: IDBObjectStore, origin: object, then: () => void) {
  const request = store.getAll()
  request.addEventListener('success', () => {
    doc.transact(() => {
      for (const update of request.result) Y.applyUpdate(doc, update, origin)
    }, origin)
    then()
  })
}

async function opened(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name)
  request.addEventListener('upgradeneeded', () =>
    request.result.createObjectStore(STORE, { autoIncrement: true }),
  )
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}
