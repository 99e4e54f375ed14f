// Starts bin/palestra on a free port with a data folder of its own, for tests and screenshots.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const binary = process.env.PALESTRA_BIN ?? new URL('../../bin/palestra', import.meta.url).pathname

async function freePort() {
  return new Promise((resolve, reject) => {
    const s = createServer()
    s.on('error', reject)
    s.listen(0, '127.0.0.1', () => {
      const { port } = s.address()
      s.close(() => resolve(port))
    })
  })
}

/**
 * @param {{dir?: string, port?: number, env?: Record<string, string>, args?: string[]}} options dir: kept from an earlier start
 * @returns {Promise<{url: string, dir: string, port: number, setup: string | undefined, log: () => string, kill: (signal?: string) => Promise<void>, remove: () => void}>}
 */
export async function startServer(options = {}) {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'palestra-e2e-'))
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const env = { ...process.env, PALESTRA_ADDR: `127.0.0.1:${port}`, PALESTRA_DATA: join(dir, 'data'), PALESTRA_KEYS: join(dir, 'keys'), ...options.env }
  const child = spawn(binary, ['serve', ...(options.args ?? [])], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  child.stdout.on('data', (b) => (out += b))
  child.stderr.on('data', (b) => (out += b))
  const ended = new Promise((resolve) => child.on('exit', resolve))
  for (let i = 0; ; i++) {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${out}`)
    const ready = await fetch(url + '/readyz').then((r) => r.ok, () => false)
    if (ready) break
    if (i > 300) throw new Error(`the server is not ready after 30 s:\n${out}`)
    await new Promise((r) => setTimeout(r, 100))
  }
  return {
    url, dir, port,
    get setup() {
      return /https?:\/\/\S+(\/setup\/[\w-]+)/.exec(out)?.[1]
    },
    log: () => out,
    async kill(signal = 'SIGTERM') {
      child.kill(signal)
      await ended
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
