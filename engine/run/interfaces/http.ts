import type { HttpCall, HttpReply } from '#graph'

export interface DoorCall extends HttpCall {
  /** Where it may go, redirects included (`hostPatternSchema`); null for wherever the door lets through. */
  hosts: string[] | null
  signal?: AbortSignal
}

/** The one way out over HTTP. What it allows is decided where it is made. */
export interface HttpDoor {
  /**
   * Any status resolves. @throws PressroomError `http.refused` (where it may not go), `http.too_large`, `http.timeout`,
   * `http.failed` (nobody answers).
   */
  request(call: DoorCall): Promise<HttpReply>
  close(): Promise<void>
}
