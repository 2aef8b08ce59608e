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

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches

const app = createApp(App)
  .use(createPinia())
  .use(IonicVue, { mode: 'md', rippleEffect: false, animated: !calm, focusManagerPriority: ['heading'] })
  .use(router)

useAppearance()
await router.isReady()
app.mount('#app')
