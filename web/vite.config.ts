import react from '@vitejs/plugin-react'
import { readFileSync, writeFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { europe } from './scripts/europe.mjs'
import { inFrame, project } from './src/lib/laea'

// A catalogue is loaded in two parts: what the first page needs (signing in, the learner's home, plain faults), and all
// the rest, which follows when the first page stands or when a page asks for it.
const early = /^(frame|nav|lost|home|due|minutes|hours|kind|state|signin|need\.video\.seen|action\.(show|retry|close|search)|account\.(email|password)|errors\.(status|network|unexpected|field))\b/
function catalogueParts(): { name: string; enforce: 'pre'; load: (id: string) => { code: string; moduleType: 'js' } | null } {
  return {
    name: 'catalogue-parts',
    enforce: 'pre',
    load(id) {
      const [file, part] = id.split('?part=')
      if (!file || (part !== 'first' && part !== 'later')) return null
      const whole: unknown = JSON.parse(readFileSync(file, 'utf8'))
      const entries = Object.entries(typeof whole === 'object' && whole ? whole : {}).filter(([key]) => early.test(key) === (part === 'first'))
      return { code: `export default ${JSON.stringify(Object.fromEntries(entries))}`, moduleType: 'js' }
    },
  }
}

// The outline of Europe's countries, as a module of its own that only the map asks for.
function outlines(): { name: string; resolveId: (id: string) => string | null; load: (id: string) => string | null } {
  return {
    name: 'outlines',
    resolveId: (id) => (id === 'virtual:europe' ? '\0europe' : null),
    load: (id) => (id === '\0europe' ? `export default ${JSON.stringify(europe(project, inFrame))}` : null),
  }
}

export default defineConfig({
  plugins: [
    react(),
    catalogueParts(),
    outlines(),
    {
      // Go embeds dist also when it is empty, so the folder keeps one file.
      name: 'keep-dist',
      closeBundle() {
        writeFileSync(new URL('./dist/.gitkeep', import.meta.url), '')
      },
    },
  ],
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: false,
    rolldownOptions: {
      output: {
        // Beside each page the first file names all others: every letter of their fingerprints counts, and these are enough.
        chunkFileNames: 'assets/[name]-[hash:7].js',
        assetFileNames: 'assets/[name]-[hash:7][extname]',
        // What every page needs is one file: small ones compress badly.
        codeSplitting: {
          groups: [{ name: 'frame', test: /node_modules\/(react|react-dom|scheduler|wouter|regexparam|use-sync-external-store|openapi-fetch|@tanstack)\/|src\/(ui\/(button|states|notice|page-head|toast|menu|icon|progress)|lib\/(i18n|locale|format|fault|theme|writer)|api|app\/(app|pages|shell))/ }],
        },
      },
    },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/xapi': 'http://127.0.0.1:8080', '/media': 'http://127.0.0.1:8080' } },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
})
