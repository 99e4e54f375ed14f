import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { useI18n } from '../lib/i18n'
import { IconButton } from './button'
import { Icon } from './icon'
import { useToast } from './toast'

interface SortableProps<T> {
  items: readonly T[]
  /** The words by which an item is called when it is moved. */
  name: (item: T) => string
  id: (item: T) => string
  onMove: (from: number, to: number) => void
  children: (item: T, index: number) => ReactNode
  label: string
}

/** A list whose order one changes by buttons or by drag; each move is said aloud. */
export function Sortable<T>({ items, name, id, onMove, children, label }: SortableProps<T>) {
  const { t } = useI18n()
  const toast = useToast()
  const list = useRef<HTMLOListElement>(null)
  const kept = useRef<{ id: string; by: number } | null>(null)
  const [dragged, setDragged] = useState<number>()
  const [over, setOver] = useState<number>()
  const move = (from: number, to: number) => {
    const item = items[from]
    if (item === undefined || to < 0 || to >= items.length || to === from) return
    onMove(from, to)
    toast(t('sort.moved', { name: name(item), place: to + 1, count: items.length }))
  }
  const byButton = (from: number, by: number) => {
    const item = items[from]
    if (item !== undefined) kept.current = { id: id(item), by }
    move(from, from + by)
  }
  // The focus stays with the button that was pressed, or goes to the other one at the end of the list.
  useLayoutEffect(() => {
    const { current } = kept
    kept.current = null
    if (!current) return
    const row = list.current?.querySelector(`:scope > [data-id="${CSS.escape(current.id)}"]`)
    const buttons = [...(row?.querySelectorAll<HTMLButtonElement>(':scope > .moves button') ?? [])]
    const wanted = current.by < 0 ? buttons[0] : buttons[1]
    ;(wanted?.disabled ? buttons.find((b) => !b.disabled) : wanted)?.focus()
  }, [items])
  return (
    <ol className="plain sorted" aria-label={label} ref={list}>
      {items.map((item, i) => (
        // Dragging is an addition to the buttons.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
        <li
          key={id(item)}
          data-id={id(item)}
          draggable
          className={over === i && dragged !== undefined && dragged !== i ? 'over' : ''}
          onDragStart={(e) => {
            e.stopPropagation()
            e.dataTransfer.effectAllowed = 'move'
            e.dataTransfer.setData('text/plain', name(item))
            setDragged(i)
          }}
          onDragEnd={() => {
            setDragged(undefined)
            setOver(undefined)
          }}
          onDragOver={(e) => {
            if (dragged === undefined) return
            e.preventDefault()
            e.stopPropagation()
            setOver(i)
          }}
          onDrop={(e) => {
            if (dragged === undefined) return
            e.preventDefault()
            e.stopPropagation()
            move(dragged, i)
          }}
        >
          <span className="grip">
            <Icon name="grip" />
          </span>
          <div className="grow">{children(item, i)}</div>
          <span className="row moves">
            <IconButton icon="up" label={t('sort.up', { name: name(item) })} disabled={i === 0} onClick={() => byButton(i, -1)} />
            <IconButton icon="down" label={t('sort.down', { name: name(item) })} disabled={i === items.length - 1} onClick={() => byButton(i, 1)} />
          </span>
        </li>
      ))}
    </ol>
  )
}

/** The list with one item at another place. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const out = [...items]
  const [item] = out.splice(from, 1)
  if (item !== undefined) out.splice(to, 0, item)
  return out
}
