import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPond, type Pond } from './index'

let folder: string
let ponds: readonly [Pond, Pond]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'duckpond-export-'))
  ponds = [await createPond(join(folder, 'a')), await createPond(join(folder, 'b'))]
  mkdirSync(join(folder, 'out'))
})
afterEach(async () => {
  for (const pond of ponds) await pond.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('an export of a script', () => {
  const write = (target: string) => ponds[0].export('SELECT 1 AS n', join(folder, target), { format: 'csv' })

  it('keeps out of the files of every pond, its own and others', async () => {
    for (const target of ['a/pending/journal', 'b/pending/journal', 'b/data/x.csv'])
      await expect(write(target)).rejects.toMatchObject({ code: 'host.inside-pond' })
    for (const pond of ponds) expect(await pond.verify()).toMatchObject({ ok: true })
  })

  it('follows a link and writes into a device', async () => {
    writeFileSync(join(folder, 'out', 'far.csv'), 'old')
    symlinkSync('out/far.csv', join(folder, 'link.csv'))
    await write('link.csv')
    expect(readlinkSync(join(folder, 'link.csv'))).toBe('out/far.csv')
    expect(readFileSync(join(folder, 'out', 'far.csv'), 'utf8')).toBe('n\n1\n')
    expect(readdirSync(join(folder, 'out'))).toEqual(['far.csv'])
    symlinkSync('/dev/null', join(folder, 'null'))
    expect(await write('null')).toMatchObject({ rows: 1 })
    expect(readlinkSync(join(folder, 'null'))).toBe('/dev/null')
  })
})

it('a new pond is made in none of the folders that another one is made of', async () => {
  await expect(createPond(join(folder, 'b', 'data', 'x'))).rejects.toMatchObject({ code: 'host.inside-pond' })
})
