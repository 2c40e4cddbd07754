/**
 * One session with a pond, as a page would have it, written down as it goes: every call of the
 * contract, the byte plane, and what goes wrong. What differs from run to run (ids, times, folders)
 * is written as what it is instead of what it says.
 */
import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentUrl, exportUrl, importFrame, importUrl, resultUrl } from '../../src/shared/bytes'
import type { Api } from '../../src/shared/contract'
import type { QueryState, Step } from '../../src/shared/model'

export interface Client {
  readonly api: Api
  bytes(
    address: string,
    init?: { method?: string; headers?: Record<string, string>; body?: Uint8Array<ArrayBuffer> },
  ): Promise<Response>
  /** A failure as the page sees it. */
  wire(error: unknown): { code: string; message: string; detail: Readonly<Record<string, unknown>> }
  /** Empty, this run's own. */
  readonly folder: string
}

export type Transcript = { readonly step: string; readonly said: unknown }[]

export async function replay({ api, bytes, wire, folder }: Client): Promise<Transcript> {
  const transcript: Transcript = []
  const plain = plainWords(folder)
  const note = async (step: string, said: Promise<unknown>): Promise<void> => {
    const outcome = await said.then(
      (value) => ({ value }),
      (error: unknown) => ({ error: wire(error) }),
    )
    transcript.push({ step, said: plain(outcome) })
  }
  const noteBytes = (step: string, response: Promise<Response>) => note(step, response.then(described))

  await note('no pond yet', api.changes.status())
  await note('a folder that is none', api.pond.open({ path: join(folder, 'nothing') }))
  await note('create', api.pond.create({ path: join(folder, 'pond'), sample: false }))
  const { pondId } = await api.pond.info()
  await note('create again', api.pond.create({ path: join(folder, 'pond'), sample: false }))
  await note('folders', api.host.folders({ path: folder }))
  await note('recent', api.host.recent())

  await note('mkdir', api.files.makeDirectory({ path: '/a/b', parents: true }))
  await note('mkdir without parents', api.files.makeDirectory({ path: '/x/y', parents: false }))
  await note('above the root', api.files.stat({ path: '/../x', at: 'pending' }))
  await note('link', api.files.link({ path: '/a/link', target: 'b' }))

  const csv = new TextEncoder().encode('n,word\n1,one\n2,two\n3,three\n')
  const { importId } = await api.files.beginImport()
  const post = (id: string, path: string, content: Uint8Array) =>
    bytes(importUrl(pondId, id), { method: 'POST', body: concat(importFrame({ path, size: content.length }), content) })
  await noteBytes('import a table', post(importId, '/a/b/words.csv', csv))
  await noteBytes(
    'import a broken body',
    bytes(importUrl(pondId, 'nobody'), { method: 'POST', body: new Uint8Array([1]) }),
  )
  await note('not there before it is finished', api.files.stat({ path: '/a/b/words.csv', at: 'pending' }))
  await note('finish', last(api.files.finishImport({ importId, onExisting: 'refuse' })))
  await note('finished is finished', last(api.files.finishImport({ importId, onExisting: 'refuse' })))
  for (const onExisting of ['refuse', 'skip', 'keep-both', 'replace'] as const) {
    const again = await api.files.beginImport()
    await post(again.importId, '/a/b/words.csv', concat(csv, csv.subarray(7)))
    await note(`in the way: ${onExisting}`, last(api.files.finishImport({ importId: again.importId, onExisting })))
    await note(`cancel ${onExisting}`, api.files.cancelImport(again))
  }
  await note('list', api.files.list({ path: '/a/b', at: 'pending', deleted: false, offset: 0, limit: 10 }))
  const recipe = `recipe: sql\nquery: SELECT n FROM '/a/b/words.csv' WHERE n > 1 ORDER BY n\n`
  await note('recipes, none yet', api.recipes.list({ at: 'pending' }))
  await note('what recipes may say', api.recipes.schema())
  await note('preview', api.recipes.preview({ path: '/a/few.recipe.yaml', at: 'pending', text: recipe }))
  await note(
    'preview of nonsense',
    api.recipes.preview({ path: '/a/few.recipe.yaml', at: 'pending', text: 'recipe: x' }),
  )
  await note('check, nothing to check', last(api.recipes.check({ at: 'pending', path: '/' })))
  await note('nothing computed changed', api.recipes.changes({ from: 'head', to: 'pending' }))
  await note('freeze what is stored', last(api.recipes.freeze({ path: '/a/b/words.csv' })))
  await note('explain what is stored', api.recipes.explain({ path: '/a/b/words.csv', at: 'pending' }))
  const words = { path: '/a/b/words.csv', at: 'pending', previewRows: 2 }
  await note('describe', api.files.describe({ ...words, reading: null }))
  await note('describe as if', api.files.describe({ ...words, reading: { delimiter: ';' } }))
  await note(
    'say how it is read',
    api.files.setReading({ path: '/a/b/words.csv', reading: { types: { n: 'VARCHAR' } } }),
  )
  await note('described so', api.files.describe({ ...words, reading: null }))
  await note('say nothing of it', api.files.setReading({ path: '/a/b/words.csv', reading: null }))
  await note('existing', api.files.existing({ paths: ['/a', '/nowhere', '/a/b/words.csv/x'] }))
  await note('status', api.changes.status())
  await note('changes', api.changes.list({ from: 'head', to: 'pending', offset: 0, limit: 100 }))

  await note('commit', last(api.changes.commit({ message: 'first', author: 'Ada' })))
  await note('commit nothing', last(api.changes.commit({ message: 'nothing', author: null })))
  await note('log', api.history.log({ path: null, before: null, limit: 10 }))
  await note('show', api.history.show({ version: 1, offset: 1, limit: 2 }))
  await note('no such version', api.history.show({ version: 7, offset: 0, limit: 10 }))

  await note('rename', api.files.rename({ from: '/a/b/words.csv', to: '/a/terms.csv' }))
  await note('remove a full directory', api.files.remove({ paths: ['/a/b'], recursive: false }))
  await note('remove', api.files.remove({ paths: ['/a/b', '/a/b/words (2).csv'], recursive: true }))
  await note('deleted are listed', api.files.list({ path: '/a', at: 'pending', deleted: true, offset: 0, limit: 10 }))
  await note('diff', api.changes.diffEntry({ path: '/a/terms.csv', from: 'head', to: 'pending' }))
  await note('versions', api.files.versions({ path: '/a/terms.csv' }))
  await note('discard', api.changes.discard({ paths: ['/a/b'] }))
  await note('undo', api.changes.undo())
  await note('undo again', api.changes.undo())
  await note('discard all', api.changes.discard({ paths: [] }))
  await note('restore', api.changes.restore({ path: null, to: '0' }))
  await note('restored', api.files.list({ path: '/', at: 'pending', deleted: false, offset: 0, limit: 10 }))
  await note('discard the way back', api.changes.discard({ paths: [] }))

  await noteBytes('content', bytes(contentUrl(pondId, '/a/b/words.csv', 'head')))
  await noteBytes('part of it', bytes(contentUrl(pondId, '/a/b/words.csv', '1'), { headers: { Range: 'bytes=7-11' } }))
  await noteBytes('beyond it', bytes(contentUrl(pondId, '/a/b/words.csv', '1'), { headers: { Range: 'bytes=700-' } }))
  await noteBytes(
    'head of it',
    bytes(contentUrl(pondId, '/a/b/words.csv', 'head', { download: true }), { method: 'HEAD' }),
  )
  await noteBytes('content of nothing', bytes(contentUrl(pondId, '/nowhere', 'head')))
  await noteBytes('content of a directory', bytes(contentUrl(pondId, '/a', 'head')))
  await noteBytes('another pond', bytes(contentUrl('00000000-0000-7000-8000-000000000001', '/a', 'head')))

  const query = await last<QueryState>(
    api.queries.run({ sql: "SELECT * FROM '/a/b/words.csv' ORDER BY n DESC", at: 'head' }),
  )
  await note('query', Promise.resolve(query))
  const { queryId } = query
  await noteBytes('page', bytes(resultUrl(pondId, queryId, 0, 100)))
  await note('sort', api.queries.sort({ queryId, keys: [{ column: 0, descending: false }] }))
  await noteBytes('sorted page', bytes(resultUrl(pondId, queryId, 1, 1)))
  const exported = await last(api.queries.export({ queryId, format: 'csv', hostPath: null }))
  await note('export', Promise.resolve(exported))
  if ('result' in exported) await noteBytes('exported', bytes(exportUrl(pondId, exported.result.exportId)))
  await note('export to a folder', last(api.queries.export({ queryId, format: 'jsonl', hostPath: folder })))
  await note('close', api.queries.close({ queryId }))
  await note('closed is closed', api.queries.cancel({ queryId }))
  await noteBytes('no such result', bytes(resultUrl(pondId, queryId, 0, 10)))
  await note('wrong SQL', last(api.queries.run({ sql: 'SELECT * FORM words', at: 'head' })))
  await note('a host file', last(api.queries.run({ sql: "SELECT * FROM read_text('/etc/passwd')", at: 'head' })))
  await note(
    'catalog',
    api.queries.catalog().then((found) => found.map(({ name }) => name)),
  )
  await note(
    'complete',
    api.queries.complete({ sql: 'SELE', position: 4, at: 'head' }).then((found) => found.slice(0, 3)),
  )

  await mkdir(join(folder, 'source', 'inside'), { recursive: true })
  await writeFile(join(folder, 'source', 'inside', 'page.html'), '<script>alert(1)</script>')
  const fromHost = await api.files.beginImport()
  const hostPaths = [join(folder, 'source')]
  await note('from the host', last(api.files.importHostPaths({ ...fromHost, destination: '/in', hostPaths })))
  await note('and finish', last(api.files.finishImport({ ...fromHost, onExisting: 'refuse' })))
  await noteBytes('a page is text', bytes(contentUrl(pondId, '/in/source/inside/page.html', 'pending')))
  await mkdir(join(folder, 'out'))
  const out = { at: 'pending', folder: join(folder, 'out'), replace: false }
  await note('copy out', last(api.files.exportTo({ ...out, paths: ['/in', '/a/link'] })))
  await note('copy out again', last(api.files.exportTo({ ...out, paths: ['/in'] })))

  await note('news', firstEvent(api.pond.watch()))
  await note("another engine's folder", api.files.makeDirectory({ path: '/a/b/_delta_log', parents: false }))
  await note('a pattern beside it', last(api.queries.run({ sql: "SELECT * FROM '/a/b/w*.csv'", at: 'pending' })))
  await note('what there is to hear', firstEvent(api.pond.notices()))
  // Compressed sizes depend on ids and times.
  const verified = await last(api.pond.verify({ quick: false }))
  await note(
    'verify',
    Promise.resolve('result' in verified ? [verified.result.ok, verified.result.problems] : verified),
  )
  await note('aborted before it began', api.pond.info(undefined, { signal: AbortSignal.abort() }))
  await note('close pond', api.pond.close())
  await note('closed', api.pond.info())
  await note('forget', api.host.forget({ path: join(folder, 'pond') }))
  await note('forgotten', api.host.recent())
  return transcript
}

/** The last of a stream: the result, or the final state. */
async function last<T>(stream: Promise<AsyncIterable<T>>): Promise<T> {
  let latest: T | undefined
  for await (const one of await stream) latest = one
  if (latest === undefined) throw new Error('the stream said nothing')
  return latest
}

async function firstEvent<T>(stream: Promise<AsyncIterable<T>>): Promise<T | undefined> {
  for await (const one of await stream) return one
  return undefined
}

async function described(response: Response): Promise<unknown> {
  const body = new Uint8Array(await response.arrayBuffer())
  const type = response.headers.get('Content-Type')
  const isJson = type?.startsWith('application/json') === true
  const names = ['Content-Range', 'Content-Disposition', 'ETag', 'Content-Security-Policy', 'X-Content-Type-Options']
  return {
    status: response.status,
    type,
    headers: names.map((name) => response.headers.get(name)),
    body: isJson
      ? JSON.parse(new TextDecoder().decode(body))
      : `${body.length}:${createHash('sha256').update(body).digest('hex')}`,
  }
}

const UNSTABLE = /(^at|At|At Micros|Us|Ms|tick|lastCommit|mtime|rowGroups|memoryUsageBytes|bytesWritten|percent)$/

/** Replaces what no two runs share; the same id has the same stand-in all through a transcript. */
function plainWords(folder: string): (value: unknown) => unknown {
  const ids = new Map<string, string>()
  const plainText = (text: string) =>
    text
      .replaceAll(folder, '<folder>')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
        if (!ids.has(id)) ids.set(id, `<id ${ids.size}>`)
        return ids.get(id) ?? id
      })
  const plain = (value: unknown, key = ''): unknown => {
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return UNSTABLE.test(key) ? '<text>' : plainText(value)
    if (typeof value === 'number') return UNSTABLE.test(key) ? '<number>' : value
    if (Array.isArray(value)) return value.map((one) => plain(one))
    if (typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one, name)]))
    }
    return value
  }
  return (value) => plain(value)
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export type { Step }
