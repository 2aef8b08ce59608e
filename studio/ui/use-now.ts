import { type Ref, onScopeDispose, ref, watchEffect } from 'vue'

/** The browser's time in milliseconds, moving on every `everyMs` for as long as `running` says. */
export function useNow(running: () => boolean, everyMs = 1_000): Readonly<Ref<number>> {
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => clearInterval(timer)
  watchEffect(() => {
    stop()
    now.value = Date.now()
    if (running()) timer = setInterval(() => (now.value = Date.now()), everyMs)
  })
  onScopeDispose(stop)
  return now
}
