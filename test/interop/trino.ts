/** A Trino of one process that reads Delta tables of this machine's disk, asked by its protocol over HTTP. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { TrinoFiles } from './trino-files'

const OPTIONS = [
  '-Xmx2G',
  '-XX:+UseSerialGC',
  '--add-modules=jdk.incubator.vector',
  '--enable-native-access=ALL-UNNAMED',
  '-Djdk.attach.allowAttachSelf=true',
]
const START_MS = 300_000

/** One page of an answer; `nextUri` is where the next one is. */
interface Page {
  readonly data?: readonly (readonly unknown[])[]
  readonly error?: { readonly message: string }
  readonly nextUri?: string
}

export class Trino {
  readonly #child: ChildProcess
  readonly #address: string
  readonly #work: string
  #tables = 0

  private constructor(child: ChildProcess, address: string, work: string) {
    this.#child = child
    this.#address = address
    this.#work = work
  }

  /** Listens to this machine alone. Close it. */
  static async start({ java, folder }: TrinoFiles): Promise<Trino> {
    const work = await mkdtemp(join(tmpdir(), 'duckpond-trino-'))
    const address = `http://127.0.0.1:${await freePort()}`
    const files = {
      'config.properties': [
        'coordinator=true',
        'node-scheduler.include-coordinator=true',
        `http-server.http.port=${new URL(address).port}`,
        `discovery.uri=${address}`,
      ],
      'log.properties': ['io.trino=WARN', 'io.airlift=WARN'],
      'catalog/delta.properties': [
        'connector.name=delta_lake',
        'hive.metastore=file',
        `hive.metastore.catalog.dir=local://${work}/metastore`,
        'fs.native-local.enabled=true',
        'local.location=/',
        'delta.register-table-procedure.enabled=true',
      ],
    }
    await mkdir(join(work, 'catalog'))
    for (const [name, lines] of Object.entries(files)) await writeFile(join(work, name), `${lines.join('\n')}\n`)
    const settings = {
      'node.environment': 'test',
      'node.id': 'test',
      'node.bind-ip': '127.0.0.1',
      'node.internal-address': '127.0.0.1',
      'node.data-dir': join(work, 'data'),
      'catalog.config-dir': join(work, 'catalog'),
      'log.levels-file': join(work, 'log.properties'),
      config: join(work, 'config.properties'),
    }
    const given = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`)
    const child = spawn(java, [...OPTIONS, ...given, '-cp', 'lib/*', 'io.trino.server.TrinoServer'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
    const trino = new Trino(child, address, work)
    try {
      await trino.#ready()
      await trino.query('CREATE SCHEMA "default"')
      return trino
    } catch (cause) {
      await trino.close()
      throw new Error(`Trino did not start: ${said}`, { cause })
    }
  }

  /** A table of a folder on this machine. Returns its name. */
  async register(tableFolder: string): Promise<string> {
    const name = `t${this.#tables++}`
    await this.query(`CALL delta.system.register_table('default', '${name}', 'local://${tableFolder}')`)
    return name
  }

  async query(sql: string): Promise<readonly (readonly unknown[])[]> {
    const headers = { 'X-Trino-User': 'test', 'X-Trino-Catalog': 'delta', 'X-Trino-Schema': 'default' }
    const rows: (readonly unknown[])[] = []
    let response = await fetch(`${this.#address}/v1/statement`, { method: 'POST', headers, body: sql })
    for (;;) {
      if (!response.ok) throw new Error(`Trino answered ${response.status}: ${await response.text()}`)
      const { data, error, nextUri } = (await response.json()) as Page
      if (error !== undefined) throw new Error(error.message)
      rows.push(...(data ?? []))
      if (nextUri === undefined) return rows
      response = await fetch(nextUri, { headers })
    }
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await ended
    }
    await rm(this.#work, { recursive: true, force: true })
  }

  async #ready(): Promise<void> {
    for (let waited = 0; waited < START_MS; waited += 500) {
      if (this.#child.exitCode !== null) throw new Error(`it ended with ${this.#child.exitCode}`)
      const info = await fetch(`${this.#address}/v1/info`).then(
        (response) => (response.ok ? (response.json() as Promise<{ readonly starting: boolean }>) : undefined),
        () => undefined,
      )
      if (info?.starting === false) return
      await setTimeout(500)
    }
    throw new Error(`it was not ready after ${START_MS / 1_000} s`)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
