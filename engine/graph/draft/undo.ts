import * as Y from 'yjs'
import { pinsMap } from './pins.ts'
import { EDIT, ITEM_KINDS, type ItemMap, isMap, itemsOf, metaOf, topItem } from './shape.ts'
import { isTypedText } from './typed-text.ts'

/** Milliseconds within which repetitions of one edit (typing in a field, dragging) become one step. */
const TOGETHER_MS = 500

type StackItem = Y.UndoManager['undoStack'][number]

/** Keeps D2 and D3: an undo never deletes an item, nor the mark that others worked on it. */
class DraftUndo extends Y.UndoManager {
  #before: readonly StackItem[] = []
  #last: unknown = null

  constructor(doc: Y.Doc, origin: unknown) {
    const scope = [metaOf(doc), pinsMap(doc), ...ITEM_KINDS.map((kind) => itemsOf(doc, kind))]
    super(scope, { trackedOrigins: new Set([origin]), captureTimeout: TOGETHER_MS })
    const items = new Set<unknown>(ITEM_KINDS.map((kind) => itemsOf(doc, kind)))
    this.deleteFilter = (item) => this.#mayDelete(item, items)
    this.captureTransaction = (transaction) => {
      if (transaction.origin === origin) this.#separate(transaction.meta.get(EDIT))
      this.addToScope([...transaction.changed.keys()].filter(isTypedText))
      return true
    }
  }

  override undo(): StackItem | null {
    this.#before = [...this.undoStack]
    this.#last = null
    this.stopCapturing()
    return super.undo()
  }

  override redo(): StackItem | null {
    this.#before = [...this.redoStack]
    this.#last = null
    this.stopCapturing()
    return super.redo()
  }

  #separate(edit: unknown): void {
    if (typeof edit !== 'string' || edit !== this.#last) this.stopCapturing()
    this.#last = edit
  }

  #mayDelete(item: Y.Item, roots: ReadonlySet<unknown>): boolean {
    const top = topItem(item) ?? item
    if (!roots.has(top.parent)) return true
    if (item === top) return false
    if (item.parent instanceof Y.AbstractType && item.parent._item === top) {
      if (item.parentSub === 'kept') return false
      if (item.parentSub === 'alive') return !isKept(item.parent)
    }
    const stack = this.undoing ? this.undoStack : this.redoStack
    const step = this.#before[stack.length]
    if (step === undefined) return true
    if (Y.isDeleted(step.insertions, top.id)) return false
    putBack(item, step)
    return true
  }
}

/**
 * The value that this one replaced, where somebody else's was written at the same moment and lost: Yjs then puts
 * nothing back, and what two people moved at once would lie nowhere after the undo of one.
 */
function putBack(value: Y.Item, step: StackItem): void {
  const { parent, parentSub } = value
  if (!isMap(parent) || parentSub === null || value.deleted || parent._map.get(parentSub) !== value) return
  for (let before = value.left; before; before = before.left) {
    const { lastId, content } = before
    if (!Y.isDeleted(step.deletions, lastId) || Y.isDeleted(step.insertions, lastId)) continue
    if (content instanceof Y.ContentAny || content instanceof Y.ContentBinary) {
      parent.set(parentSub, content.getContent().at(-1))
    }
    return
  }
}

const isKept = (parent: unknown): boolean => isMap(parent) && (parent satisfies ItemMap).has('kept')

/** Undoes and redoes the edits made with this origin and nobody else's; at any depth. */
export const undoManagerOf = (doc: Y.Doc, origin: unknown): Y.UndoManager => new DraftUndo(doc, origin)
