// A desk with a screen reader: Debian's Orca, a windowed Chromium on a screen that nobody sees, and a keyboard (xdotool). What Orca
// says is written by a voice without sound (orca-customizations.py); what was cut short by something else counts as not heard.
import { execFile, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

const run = promisify(execFile)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
/** Letters in a second, as the voice has them. */
const pace = 40

/** What an ear has heard of a voice by now: every line with whether it was said to its end, and when the voice will be silent. */
export function hearing(log, now = Date.now() / 1000) {
  const lines = []
  let free = 0 // when the voice has said everything
  for (const l of log) {
    if (l.stop) {
      for (const s of lines) if (s.until > l.at) s.cut = true
      free = Math.min(free, l.at)
      continue
    }
    const from = Math.max(free, l.at)
    free = from + l.say.length / pace
    lines.push({ at: l.at, say: l.say, lang: l.lang, until: free, cut: false })
  }
  return { lines, silent: free <= now }
}

/**
 * @param {{log?: (line: string) => void}} options
 * @returns the browser, and what a person at the keyboard does: press, hear
 */
export async function openDesk({ log = console.log } = {}) {
  const home = mkdtempSync(join(tmpdir(), 'palestra-desk-'))
  const spoken = join(home, 'spoken')
  writeFileSync(spoken, '')
  const runtime = join(home, 'run')
  const prefs = join(home, 'orca')
  for (const d of [runtime, prefs]) mkdirSync(d, { mode: 0o700 })
  copyFileSync(new URL('orca-customizations.py', import.meta.url), join(prefs, 'orca-customizations.py'))
  const started = []
  const start = (name, args, options = {}) => {
    const child = spawn(name, args, { stdio: ['ignore', 'ignore', 'ignore'], ...options })
    child.on('error', (e) => log(`${name}: ${e.message}`))
    started.push(child)
    return child
  }
  /** The first line that a program prints. */
  const first = (stream) => new Promise((resolve, reject) => {
    let text = ''
    stream.on('data', (b) => { text += b; if (text.includes('\n')) resolve(text.trim()) })
    stream.on('close', () => reject(new Error(`it ended: ${text}`)))
  })
  const close = async (browser) => {
    await browser?.close().catch(() => undefined)
    for (const child of started.reverse()) {
      if (child.exitCode !== null) continue
      const gone = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGTERM')
      await Promise.race([gone, wait(3000).then(() => child.kill('SIGKILL'))])
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const screen = start('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1000x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
    const env = {
      PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: join(home, 'config'), XDG_DATA_HOME: join(home, 'data'), XDG_CACHE_HOME: join(home, 'cache'),
      DISPLAY: `:${await first(screen.stdio[3])}`, GSETTINGS_BACKEND: 'memory', NO_AT_BRIDGE: '0', PALESTRA_SPOKEN: spoken, PALESTRA_PACE: String(pace),
    }
    const bus = start('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address=1'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    env.DBUS_SESSION_BUS_ADDRESS = await first(bus.stdout)
    start('openbox', ['--sm-disable'], { env })
    // Debian's own Python: another one that comes first has not got its libraries.
    start('/usr/bin/python3', ['/usr/bin/orca', '--user-prefs', prefs, ...(process.env.ORCA_DEBUG ? ['--debug-file', process.env.ORCA_DEBUG] : [])], { env, stdio: ['ignore', 'ignore', process.env.ORCA_DEBUG ? 'inherit' : 'ignore'] })
    const read = () => readFileSync(spoken, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l))
    for (let i = 0; read().length === 0; i++) {
      if (i > 300) throw new Error('Orca says nothing')
      await wait(100)
    }
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM_WINDOW ?? '/usr/bin/chromium', headless: false, env: { ...env, ACCESSIBILITY_ENABLED: '1' },
      args: ['--no-sandbox', '--force-renderer-accessibility', '--autoplay-policy=no-user-gesture-required', '--window-size=1280,1000', '--window-position=0,0', '--disable-gpu', '--mute-audio'],
    })

    let mark = 0
    const words = (lines) => lines.filter((l) => !l.cut).map((l) => l.say).join(' | ')
    const missing = (lines, wanted) => [wanted].flat().filter((w) => !(w instanceof RegExp ? w.test(words(lines)) : words(lines).includes(w)))
    /** What has been heard since the last key, when the voice has been silent for a while; what is wanted is waited for longer. */
    const listen = async (wanted, { calm = 700, most = 20_000 } = {}) => {
      const until = Date.now() + most
      let size = -1
      let since = Date.now()
      for (;;) {
        const all = read()
        if (all.length !== size) { size = all.length; since = Date.now() }
        const lines = hearing(all).lines.filter((l) => l.at >= mark)
        const calmed = Date.now() - since > calm && hearing(all).silent
        if ((calmed && missing(lines, wanted).length === 0) || Date.now() > until) return lines
        await wait(50)
      }
    }
    const tell = (did, lines) => {
      log(`    ${did}`)
      for (const l of lines) log(`        ${l.cut ? '(cut short) ' : ''}${l.lang ? `[${l.lang}] ` : ''}${l.say}`)
    }
    const check = (did, lines, wanted) => {
      const lost = missing(lines, wanted)
      if (lost.length > 0) throw new Error(`after ${did} "${lost.join('", "')}" is not heard, but: ${lines.map((l) => (l.cut ? `(cut: ${l.say})` : l.say)).join(' | ') || 'nothing'}`)
    }
    /** Presses keys one after another and hears what is said then; every one of the wanted words must be among it. */
    const press = async (keys, wanted = [], options = {}) => {
      mark = Date.now() / 1000
      await run('xdotool', ['key', '--delay', '60', ...[keys].flat()], { env })
      const lines = await listen(wanted, options)
      const did = [keys].flat().join(' ')
      tell(did, lines)
      check(did, lines, wanted)
      return lines
    }
    /** Types letters as a person does. */
    const type = async (text, wanted = [], options = {}) => {
      mark = Date.now() / 1000
      await run('xdotool', ['type', '--delay', '60', text], { env })
      const lines = await listen(wanted, options)
      tell(`types "${text}"`, lines)
      check(`typing "${text}"`, lines, wanted)
      return lines
    }
    /** The one thing done with a mouse: whoever comes from another program has the keyboard in the page. */
    const enterPage = () => after('a click beside everything', () => run('xdotool', ['mousemove', '6', '700', 'click', '1'], { env }))
    /** Something that happens without a key. */
    const after = async (what, act, wanted = [], options = {}) => {
      mark = Date.now() / 1000
      await act()
      const lines = await listen(wanted, options)
      tell(`(${what})`, lines)
      check(what, lines, wanted)
      return lines
    }
    /** Presses a key until something is heard; returns what was heard last. */
    const pressUntil = async (key, wanted, { most = 40, ...options } = {}) => {
      for (let i = 0; i < most; i++) {
        const lines = await press(key, [], options)
        if (words(lines).includes(wanted)) return lines
      }
      throw new Error(`${most} times ${key}, and "${wanted}" was not heard`)
    }
    return { browser, env, home, press, type, after, pressUntil, enterPage, words, close: () => close(browser) }
  } catch (e) {
    if (existsSync(spoken)) log(readFileSync(spoken, 'utf8'))
    await close()
    throw e
  }
}
