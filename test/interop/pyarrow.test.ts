/**
 * Arrow and Parquet files of every type and layout that pyarrow writes, read through SQL as any file of a pond is: each
 * value is pyarrow's, or the file is refused by name. Never another value, and never a file left out in silence.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Json } from '../../src/main/query'
import { openBench } from '../../src/main/query/testing/host-source'
import { install } from './install'

interface Told {
  readonly file: string
  readonly type: string
  readonly values: readonly Json[]
}

/** What SQL has no place for: the type, and what its refusal says. All else is read. */
const REFUSED: Readonly<Record<string, readonly (readonly [string, RegExp])[]>> = {
  arrow: [
    ['decimal256(76, 2)', /of a type that SQL does not have: decimal256\(76, 2\)/],
    ['timestamp[ns, tz=UTC]', /row 1 of its column "v" .* finer than the microseconds/],
    ['duration[ns]', /row 1 of its column "v" .* finer than the microseconds/],
    ['month_day_nano_interval', /row 1 of its column "v" .* finer than the microseconds/],
  ],
  parquet: [
    ['decimal256(76, 2)', /column "v" is of a type that SQL does not have: decimal\(76, 2\)/],
    ['timestamp[ns, tz=UTC]', /row 1 of its column "v" .* finer than the microseconds/],
    ['int32', /BYTE_STREAM_SPLIT encoding is only supported for FLOAT or DOUBLE/],
  ],
}

const installed = install('deltalake')
const folder = await mkdtemp(join(tmpdir(), 'duckpond-pyarrow-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const bench = await openBench()

function written(): readonly Told[] {
  if ('missing' in installed) return []
  const { status, stdout, stderr } = spawnSync(
    installed.command,
    [join(import.meta.dirname, 'pyarrow-files.py'), folder],
    { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 },
  )
  if (status !== 0) throw new Error(stderr.slice(-2_000))
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Told)
}

describe.skipIf('missing' in installed)('what pyarrow wrote', () => {
  const files = written()

  it('is of so many types and layouts', () => {
    expect(files.filter(({ file }) => file.endsWith('.arrow')).length).toBeGreaterThan(350)
    expect(files.filter(({ file }) => file.endsWith('.parquet')).length).toBeGreaterThan(80)
    expect(new Set(files.map(({ type }) => type)).size).toBeGreaterThan(80)
  })

  it.each(['arrow', 'parquet'])('as %s reads as pyarrow reads it, or is refused by name', async (kind) => {
    const wrong: unknown[] = []
    const refused = new Set<string>()
    for (const { file, type, values } of files.filter((each) => each.file.endsWith(`.${kind}`))) {
      const source = await bench.source({ [`/${file}`]: await readFile(join(folder, file)) })
      try {
        const rows = await bench.rows(source, `SELECT v FROM '/${file}'`)
        const found = rows.map(([value]) => plain(value!, type))
        const expected = values.map((value) => plain(value, type))
        if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ file, type, found, expected })
        expect(found).toHaveLength(expected.length)
      } catch (error) {
        const { code, message } = error as { readonly code?: string; readonly message: string }
        const isKnown = REFUSED[kind]!.some(([known, why]) => known === type && why.test(message))
        if (code !== 'query.unreadable-file' || !message.includes(file) || !isKnown)
          wrong.push({ file, type, code, message })
        refused.add(type)
      }
    }
    expect(wrong).toEqual([])
    expect([...refused].sort()).toEqual(REFUSED[kind]!.map(([type]) => type).sort())
  })
})

/** One form of a value on both sides: floats of a width by that width, times without needless zeros. */
function plain(value: Json, type: string): Json {
  if (typeof value === 'number') return type.includes('float') || type.includes('half') ? Math.fround(value) : value
  if (typeof value === 'string') return value.replace(/(:\d\d\.\d*?)0+(?=Z?$)/, '$1').replace(/\.(?=Z?$)/, '')
  if (Array.isArray(value)) return value.map((each: Json) => plain(each, type))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each as Json, type)]))
  return value
}
