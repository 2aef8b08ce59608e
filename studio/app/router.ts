import { createRouter, createWebHistory } from '@ionic/vue-router'
import type { RouteRecordRaw } from 'vue-router'
import { visibleSections } from '../admin/sections.ts'
import { useSession } from './session.ts'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** Seen without being signed in, and without navigation around it. */
    entry?: boolean
    /** Seen whether one is signed in or not. */
    open?: boolean
    /** Needs all the room there is: navigation shows its icons only. */
    compact?: boolean
    /** What is typed here may not be stored yet: nobody is led away when their session ends. */
    holdsWork?: boolean
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
  {
    path: '/invitation/:token',
    component: () => import('../setup/InvitationPage.vue'),
    props: true,
    meta: { title: 'Invitation', entry: true, open: true },
  },
  {
    path: '/reset/:token',
    component: () => import('../setup/ResetPage.vue'),
    props: true,
    meta: { title: 'A new password', entry: true, open: true },
  },
  {
    path: '/forms/:path',
    component: () => import('../forms/FormPage.vue'),
    props: true,
    meta: { title: 'Form', entry: true, open: true },
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
  { path: '/inbox', component: () => import('../inbox/InboxPage.vue'), meta: { title: 'Inbox' } },
  {
    path: '/inbox/:approval',
    component: () => import('../inbox/DecisionPage.vue'),
    props: true,
    meta: { title: 'Decide', holdsWork: true },
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
    meta: { title: 'Edit', compact: true, holdsWork: true },
  },
  {
    path: '/flows/:flow/triggers',
    component: () => import('../triggers/TriggersPage.vue'),
    props: true,
    meta: { title: 'Triggers' },
  },
  {
    path: '/flows/:flow/brief',
    component: () => import('../brief/BriefPage.vue'),
    props: true,
    meta: { title: 'Brief' },
  },
  {
    path: '/admin',
    component: () => import('../admin/OrganisationPage.vue'),
    meta: { title: 'Admin' },
    beforeEnter: () => visibleSections(useSession().permissions)[0]?.path ?? '/admin/organisation',
  },
  {
    path: '/admin/members',
    component: () => import('../admin/MembersPage.vue'),
    meta: { title: 'Members' },
  },
  {
    path: '/admin/invitations',
    component: () => import('../admin/InvitationsPage.vue'),
    meta: { title: 'Invitations' },
  },
  { path: '/admin/teams', component: () => import('../admin/TeamsPage.vue'), meta: { title: 'Teams' } },
  { path: '/admin/roles', component: () => import('../admin/RolesPage.vue'), meta: { title: 'Roles' } },
  { path: '/admin/keys', component: () => import('../admin/KeysPage.vue'), meta: { title: 'API keys' } },
  {
    path: '/admin/models',
    component: () => import('../admin/models/ModelsPage.vue'),
    meta: { title: 'Models' },
  },
  {
    path: '/admin/connections',
    component: () => import('../admin/connections/ConnectionsPage.vue'),
    meta: { title: 'Connections' },
  },
  { path: '/admin/secrets', component: () => import('../admin/SecretsPage.vue'), meta: { title: 'Secrets' } },
  { path: '/admin/sign-on', component: () => import('../admin/SignOnPage.vue'), meta: { title: 'Sign-on' } },
  { path: '/admin/notices', component: () => import('../admin/NoticesPage.vue'), meta: { title: 'Notices' } },
  { path: '/admin/budgets', component: () => import('../admin/BudgetsPage.vue'), meta: { title: 'Budgets' } },
  { path: '/admin/audit', component: () => import('../admin/AuditPage.vue'), meta: { title: 'Audit log' } },
  {
    path: '/admin/organisation',
    component: () => import('../admin/OrganisationPage.vue'),
    meta: { title: 'Organisation' },
  },
  { path: '/account', component: () => import('../account/AccountPage.vue'), meta: { title: 'Account' } },
  { path: '/:rest(.*)*', component: () => import('./MissingPage.vue'), meta: { title: 'Not found' } },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  const state = await session.ensure()
  if (state === 'setup') return to.path === '/setup' || '/setup'
  if (to.meta.open) return true
  if (state === 'signed-out') {
    if (to.path === '/sign-in') return true
    return { path: '/sign-in', query: to.path === '/gallery' ? {} : { to: to.fullPath } }
  }
  // Until a second factor is set up, the server answers nothing else.
  if (session.current?.lacksTwoFactor) return to.path === '/account' || '/account'
  return state === 'signed-in' && to.meta.entry ? '/gallery' : true
})

router.afterEach((to) => {
  document.title = `${to.meta.title} · Pressroom`
})
