// Starts bin/palestra on a free port with a data folder of its own, for tests and screenshots. Where the environment names
// started servers (PALESTRA_REDIS_URL and others), its worker is a process of its own, as it is there.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const binary = process.env.PALESTRA_BIN ?? new URL('../../bin/palestra', import.meta.url).pathname

export async function freePort() {
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
 * @returns {Promise<{url: string, dir: string, port: number, setup: () => Promise<string>, log: () => string, kill: (signal?: string) => Promise<void>, remove: () => void}>}
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
  // Its own folder for passing files, the same keys. It begins when the collections are there: FerretDB breaks off where two
  // processes make them at once.
  const worker = env.PALESTRA_REDIS_URL ? spawn(binary, ['worker'], { env: { ...env, PALESTRA_DATA: join(dir, 'worker') }, stdio: ['ignore', 'pipe', 'pipe'] }) : undefined
  worker?.stdout.on('data', (b) => (out += `worker: ${b}`))
  worker?.stderr.on('data', (b) => (out += `worker: ${b}`))
  return {
    url, dir, port,
    /** The link of the first start, which is printed after the server is ready. */
    async setup() {
      for (let i = 0; i < 100; i++) {
        const link = /https?:\/\/\S+(\/setup\/[\w-]+)/.exec(out)?.[1]
        if (link) return link
        await new Promise((r) => setTimeout(r, 100))
      }
      throw new Error(`no link for the operator:\n${out}`)
    },
    log: () => out,
    async kill(signal = 'SIGTERM') {
      child.kill(signal)
      await ended
      if (worker && worker.exitCode === null && worker.signalCode === null) {
        const gone = new Promise((resolve) => worker.on('exit', resolve))
        worker.kill(signal)
        await gone
      }
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
