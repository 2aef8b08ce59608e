/**
 * The word "saved" that a client gets must be true. Hocuspocus acknowledges an edit once it is in memory; here the
 * acknowledgement is held back until the state that contains the edit is in the database. A client whose unsynced
 * changes have gone down to none may believe that they survive anything.
 */
import { IncomingMessage, MessageType, type WebSocketLike } from '@hocuspocus/server'

/** `readyState` of a socket that can be sent to. */
const OPEN = 1
const ACKNOWLEDGEMENT: number = MessageType.SyncStatus

/** How far a document has been edited and how far it has been stored, counted in edits. */
export class Progress {
  private edited = 0
  private stored = 0
  private waiting: { until: number; call: () => void }[] = []

  edit(): void {
    this.edited++
  }

  /** Ask before reading the state that is going to be stored. */
  get now(): number {
    return this.edited
  }

  get isStored(): boolean {
    return this.stored >= this.edited
  }

  storedUpTo(edit: number): void {
    this.stored = Math.max(this.stored, edit)
    const due = this.waiting.filter(({ until }) => until <= this.stored)
    this.waiting = this.waiting.filter(({ until }) => until > this.stored)
    for (const { call } of due) call()
  }

  /** Calls back once everything edited so far is stored; at once if it is. */
  whenStored(call: () => void): void {
    if (this.isStored) call()
    else this.waiting.push({ until: this.edited, call })
  }
}

/** A socket to answer a client through. `progressOf`: of the document of this name, if it is open. */
export function holdingReplies(
  socket: WebSocketLike,
  progressOf: (documentName: string) => Progress | undefined,
): WebSocketLike {
  return {
    get readyState() {
      return socket.readyState
    },
    close: (code, reason) => socket.close(code, reason),
    send(data) {
      const name = data instanceof Uint8Array ? acknowledged(data) : null
      if (name === null) return socket.send(data)
      // Without one the document is being let go of: no promise is given, and the client comes in again.
      progressOf(name)?.whenStored(() => {
        if (socket.readyState === OPEN) socket.send(data)
      })
    },
  }
}

/** The document whose edit this message acknowledges; null for any other message. */
function acknowledged(data: Uint8Array): string | null {
  const message = new IncomingMessage(data)
  const [name = ''] = message.readVarString().split('\0')
  if (message.readVarUint() !== ACKNOWLEDGEMENT) return null
  return message.readVarUint() === 1 ? name : null
}
