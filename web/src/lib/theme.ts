export type Theme = 'system' | 'light' | 'dark'
const stored = 'palestra.theme'

export function theme(): Theme {
  const t = localStorage.getItem(stored)
  return t === 'light' || t === 'dark' ? t : 'system'
}

/** Light, dark or as the machine is set; kept on this machine. */
export function applyTheme(choice: Theme = theme()) {
  if (choice === 'system') {
    localStorage.removeItem(stored)
    delete document.documentElement.dataset['theme']
  } else {
    localStorage.setItem(stored, choice)
    document.documentElement.dataset['theme'] = choice
  }
}
