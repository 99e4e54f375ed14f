/** What a form writes (lib/unsaved), as far as its fields must know it. */
export interface Writing<K extends string, V> {
  value: Readonly<Record<K, V>>
  set: (name: K, value: V) => void
}

/** A field of words; the server tells under the same name what is wrong with it. */
export const written = <K extends string>(of: Writing<NoInfer<K>, string>, name: K) => ({ name, value: of.value[name], onChange: (e: { target: { value: string } }) => of.set(name, e.target.value) })

/** A box that is ticked or not. */
export const ticked = <K extends string>(of: Writing<NoInfer<K>, boolean>, name: K) => ({ name, checked: of.value[name], onChange: (e: { target: { checked: boolean } }) => of.set(name, e.target.checked) })

/** One of several boxes, of which any number is ticked. */
export const among = <K extends string>(of: Writing<NoInfer<K>, string[]>, name: K, one: string) => ({
  name,
  value: one,
  checked: of.value[name].includes(one),
  onChange: (e: { target: { checked: boolean } }) => of.set(name, [...of.value[name].filter((x) => x !== one), ...(e.target.checked ? [one] : [])]),
})
