import { createRouter, createWebHistory } from '@ionic/vue-router'
import type { RouteRecordRaw } from 'vue-router'
import { useSession } from './session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** Seen without being signed in, and without navigation around it. */
    entry?: boolean
    /** Needs all the room there is: navigation shows its icons only. */
    compact?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/gallery' },
  {
    path: '/setup',
    component: () => import('../setup/SetupPage.vue'),
    meta: { title: 'Set up', entry: true },
  },
  {
    path: '/sign-in',
    component: () => import('../setup/SignInPage.vue'),
    meta: { title: 'Sign in', entry: true },
  },
  { path: '/gallery', component: () => import('../gallery/GalleryPage.vue'), meta: { title: 'Gallery' } },
  {
    path: '/gallery/:template',
    component: () => import('../brief/BriefPage.vue'),
    props: true,
    meta: { title: 'Brief' },
  },
  { path: '/runs', component: () => import('../runs/RunsPage.vue'), meta: { title: 'Runs' } },
  { path: '/runs/:run', component: () => import('../run/RunPage.vue'), props: true, meta: { title: 'Run' } },
  {
    path: '/runs/:run/results',
    component: () => import('../results/ResultsPage.vue'),
    props: true,
    meta: { title: 'Results' },
  },
  { path: '/flows', component: () => import('../flow/FlowsPage.vue'), meta: { title: 'Flows' } },
  {
    path: '/flows/:flow',
    component: () => import('../flow/FlowPage.vue'),
    props: true,
    meta: { title: 'Flow' },
  },
  {
    path: '/flows/:flow/edit',
    component: () => import('../canvas/CanvasPage.vue'),
    props: true,
    meta: { title: 'Edit', compact: true },
  },
  {
    path: '/flows/:flow/brief',
    component: () => import('../brief/BriefPage.vue'),
    props: true,
    meta: { title: 'Brief' },
  },
  { path: '/account', component: () => import('./AccountPage.vue'), meta: { title: 'Account' } },
  { path: '/:rest(.*)*', component: () => import('./MissingPage.vue'), meta: { title: 'Not found' } },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const state = await useSession().ensure()
  if (state === 'setup') return to.path === '/setup' || '/setup'
  if (state === 'signed-out') {
    if (to.path === '/sign-in') return true
    return { path: '/sign-in', query: to.path === '/gallery' ? {} : { to: to.fullPath } }
  }
  return state === 'signed-in' && to.meta.entry ? '/gallery' : true
})

router.afterEach((to) => {
  document.title = `${to.meta.title} · Pressroom`
})
