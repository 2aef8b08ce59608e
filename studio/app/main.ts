import '@ionic/vue/css/core.css'
import '@ionic/vue/css/structure.css'
import '../ui/theme.css'
import '../ui/base.css'
import { createApp } from 'vue'
import { IonicVue } from '@ionic/vue'
import { createPinia } from 'pinia'
import App from './App.vue'
import { useAppearance } from './appearance.ts'
import { router } from './router.ts'

/** A page that fails this soon after it was loaded would fail again. */
const FRESH_PAGE_MS = 5_000

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches

const app = createApp(App)
  .use(createPinia())
  .use(IonicVue, { mode: 'md', rippleEffect: false, animated: !calm, focusManagerPriority: ['heading'] })
  .use(router)

useAppearance()
// After an update the server has other files than this page was built with: a fresh page knows them.
addEventListener('vite:preloadError', (event) => {
  if (performance.now() < FRESH_PAGE_MS) return
  event.preventDefault()
  void reloadFromServer()
})

/** A server that is down has no fresh page either: what is open here stays as it is. */
async function reloadFromServer() {
  try {
    const { ok } = await fetch('/', { cache: 'no-store' })
    if (ok) location.reload()
  } catch (error) {
    console.warn('Part of this page could not be loaded; the server does not answer.', error)
  }
}
await router.isReady()
app.mount('#app')
