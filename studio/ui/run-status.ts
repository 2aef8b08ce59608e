import type { RunStatus } from '#graph'

export type Tone = 'quiet' | 'running' | 'good' | 'bad'

/** A run's states as people read them. */
export const RUN_STATUS_WORDS: Record<RunStatus, { name: string; tone: Tone }> = {
  queued: { name: 'Queued', tone: 'quiet' },
  running: { name: 'Running', tone: 'running' },
  waiting: { name: 'Waiting', tone: 'quiet' },
  paused: { name: 'Paused', tone: 'quiet' },
  succeeded: { name: 'Finished', tone: 'good' },
  succeeded_without_winner: { name: 'No winner', tone: 'running' },
  failed: { name: 'Failed', tone: 'bad' },
  cancelled: { name: 'Cancelled', tone: 'quiet' },
}
