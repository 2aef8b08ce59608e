import { type InjectionKey, type ShallowRef, inject, shallowRef } from 'vue'

/** While a connection is being drawn: the handles that it may end at, as `handleKey`s. Null when none is drawn. */
export type Lit = Readonly<ShallowRef<ReadonlySet<string> | null>>

export const LIT: InjectionKey<Lit> = Symbol('the handles that a connection may end at')
export const useLit = (): Lit => inject(LIT, () => shallowRef(null), true)

export const handleKey = (node: string, side: 'source' | 'target', port: string) => `${side} ${node} ${port}`
