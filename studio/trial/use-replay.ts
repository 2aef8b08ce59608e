import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { Failure } from '#graph'
import { api } from '../app/api.ts'
import { failureFrom } from '../ui/failure.ts'
import { type Replay, eventWords, replayOf } from './replay.ts'

const WHOLE_RUN_MS = 12_000
const SHORTEST_PAUSE_MS = 40
const LONGEST_PAUSE_MS = 400

/** A past run as of any of its events; `view` is null while nothing is replayed. */
export function useReplay(runId: string) {
  const replay = shallowRef<Replay | null>(null)
  const position = ref(0)
  const playing = ref(false)
  const failure = shallowRef<Failure | null>(null)
  let timer: ReturnType<typeof setInterval> | undefined

  const length = computed(() => replay.value?.events.length ?? 0)
  const event = computed(() => replay.value?.events[position.value - 1] ?? null)
  const view = computed(() => replay.value?.at(position.value) ?? null)
  const words = computed(() => (event.value ? eventWords(event.value) : 'Before the run'))
  const at = computed(() => (event.value ? Date.parse(event.value.at) : null))

  async function open() {
    failure.value = null
    try {
      const { events } = await api.runs.record.query({ id: runId })
      replay.value = replayOf(events)
      position.value = events.length
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  function play() {
    if (position.value >= length.value) position.value = 0
    const pause = Math.min(
      Math.max(WHOLE_RUN_MS / Math.max(1, length.value), SHORTEST_PAUSE_MS),
      LONGEST_PAUSE_MS,
    )
    playing.value = true
    timer = setInterval(() => {
      if (position.value < length.value) position.value++
      else stop()
    }, pause)
  }

  function stop() {
    clearInterval(timer)
    playing.value = false
  }

  function close() {
    stop()
    replay.value = null
  }

  onScopeDispose(stop)
  return { view, position, length, words, at, playing, failure, open, play, stop, close }
}
