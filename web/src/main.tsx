import '@fontsource-variable/atkinson-hyperlegible-next/index.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app'
import { firstLocale, I18nProvider, loadCatalogue } from './lib/i18n'
import { applyTheme } from './lib/theme'
import './ui/tokens.css'
import './ui/shapes.css'

applyTheme()
const first = firstLocale()
const catalogue = await loadCatalogue(first, 'first')
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider first={first} catalogue={catalogue}>
        <App />
      </I18nProvider>
    </StrictMode>,
  )
}
void import('./lib/unsaved').then((m) => m.forgetOld(), () => undefined)
