import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../index'
import { openBench } from '../testing/host-source'

const bench = await openBench()

/** What has no twin in Arrow or Parquet, and comes as text. */
const TEXTS: Readonly<Record<string, string>> = {
  GEOMETRY: "'POINT(30 10)'::GEOMETRY",
  'GEOMETRY of parts':
    "'GEOMETRYCOLLECTION Z (POINT Z (1 2 -0.0),POLYGON Z ((0 0 1,1e16 0 1,1 1e-5 1,0 0 1)))'::GEOMETRY",
  'VARIANT of an object': "{'a': 'x', 'b': -0.0::DOUBLE, 'c': 10.11::FLOAT, 'd': DATE '2020-01-01'}::VARIANT",
  'VARIANT of a list': "[{'n': 0.1::FLOAT}, {'n': NULL}]::VARIANT",
  'VARIANT of JSON': `'{"a":[1,2.5,"x",null,true],"b":{}}'::JSON::VARIANT`,
  'VARIANT of a text': `'say "x", é'::VARIANT`,
  'VARIANT of an integer': '9007199254740993::VARIANT',
  'VARIANT of a geometry': "{'g': 'MULTIPOINT(1 2,3 4)'::GEOMETRY}::VARIANT",
  'UNION of a text': "union_value(t := 'a, b')",
  'UNION of a FLOAT': 'union_value(f := 0.1::FLOAT)',
  'UNION of an object': "union_value(s := {'a': 1, 'f': -0.0::FLOAT})",
  'UNION of nothing': 'union_value(n := NULL::INTEGER)',
  HUGEINT: '(-170141183460469231731687303715884105728)::HUGEINT',
  UHUGEINT: '340282366920938463463374607431768211455::UHUGEINT',
  BIGNUM: '123456789012345678901234567890123456789012345::BIGNUM',
  UUID: "'2f1b9a52-0b5f-4e7e-9d0c-3f6f3c2c5a11'::UUID",
  ENUM: "'b'::ENUM('a', 'b')",
  BIT: "'0101011'::BIT",
  'TIME WITH TIME ZONE': "'12:34:56.789+02:30'::TIMETZ",
}

async function exported(sql: string, format: 'csv' | 'jsonl' | 'arrow' | 'parquet'): Promise<Uint8Array> {
  const target = join(bench.folder, `text-${made++}.${format}`)
  await bench.queries.export(await bench.source(), sql, { format, target, metadata: {} })
  return readFile(target)
}
let made = 0

interface Texts {
  readonly json: unknown
  readonly csv: Json
  readonly arrow: Json
  readonly parquet: Json
}

/** The text of each value in each format, all of them columns of one result; null for NULL. */
async function texts(values: readonly string[], asJson: boolean): Promise<Texts[]> {
  const sql = `SELECT ${values.map((value, i) => `${value} AS v${i}`).join(', ')}`
  const line = Buffer.from(await exported(sql, 'jsonl')).toString()
  const fields = values.map((value, i) => {
    const from = line.indexOf(`"v${i}":`) + `"v${i}":`.length
    const to = i + 1 < values.length ? line.indexOf(`,"v${i + 1}":`) : line.lastIndexOf('}')
    const text = line.slice(from, to)
    if (text === 'null') return null
    return text.startsWith('"') && !value.endsWith('::VARIANT') ? (JSON.parse(text) as string) : text
  })
  const written = async (format: 'csv' | 'arrow' | 'parquet'): Promise<Json[]> => {
    const source = await bench.source({ [`/x.${format}`]: await exported(sql, format) })
    const from =
      format === 'csv' ? "read_csv('/x.csv', all_varchar = true, delim = ',', header = true)" : `'/x.${format}'`
    const columns = values.map((_, i) =>
      // What is nested is no text by itself.
      asJson && format !== 'csv' ? `to_json(v${i})::VARCHAR` : `v${i}::VARCHAR`,
    )
    return (await bench.rows(source, `SELECT ${columns.join(', ')} FROM ${from}`))[0]!
  }
  const [csv, arrow, parquet] = [await written('csv'), await written('arrow'), await written('parquet')]
  return fields.map((json, i) => ({ json, csv: csv[i]!, arrow: arrow[i]!, parquet: parquet[i]! }))
}

describe('The text of a value', () => {
  it('is one in every format', async () => {
    const names = Object.keys(TEXTS)
    for (const [i, { json, csv, arrow, parquet }] of (await texts(Object.values(TEXTS), false)).entries())
      expect({ csv, arrow, parquet }, names[i]).toEqual({ csv: json, arrow: json, parquet: json })
  })

  it('is the same inside of a list, a struct and a map', async () => {
    const names = ['GEOMETRY', 'VARIANT of a text', 'UNION of a FLOAT', 'HUGEINT', 'UHUGEINT', 'ENUM', 'UUID', 'BIT']
    const cases = names.flatMap((name) => {
      const value = TEXTS[name]!
      const nested = [`[${value}]`, `{'a': [${value}, NULL]}`, `MAP {'k': ${value}}`]
      return nested.map((sql) => ({ name, sql }))
    })
    const found = await texts(
      cases.map(({ sql }) => sql),
      true,
    )
    for (const [i, { csv, arrow, parquet }] of found.entries()) {
      const { name, sql } = cases[i]!
      // DuckDB writes a map as an object, which is a list of entries here; JSON holds a VARIANT as what it is.
      if (sql.startsWith('MAP') || name.startsWith('VARIANT')) expect(arrow, sql).toEqual(parquet)
      else if (!name.startsWith('UNION')) expect({ arrow, parquet }, sql).toEqual({ arrow: csv, parquet: csv })
    }
  })

  it('has the digits of a FLOAT and the sign of zero, however deep they stand', async () => {
    const value = "[{'a': 10.11::FLOAT, 'b': -0.0::DOUBLE, 'c': MAP {'k': 0.1::FLOAT}, 'd': 'nan'::DOUBLE}]"
    const written = '[{"a":10.11,"b":-0.0,"c":[{"key":"k","value":0.1}],"d":"NaN"}]'
    const sql = `SELECT ${value} AS v`
    expect(Buffer.from(await exported(sql, 'jsonl')).toString()).toBe(`{"v":${written}}\n`)
    expect(Buffer.from(await exported(sql, 'csv')).toString()).toBe(`v\n"${written.replaceAll('"', '""')}"\n`)
  })

  it('of a geometry is that of DuckDB', async () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer().map(Number))
    const point = fc.tuple(number, number).map(([x, y]) => `${x} ${y}`)
    const line = fc.array(point, { minLength: 2, maxLength: 4 }).map((points) => `(${points.join(', ')})`)
    const shape = fc.oneof(
      point.map((text) => `POINT (${text})`),
      line.map((text) => `LINESTRING ${text}`),
      fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => `MULTILINESTRING (${lines.join(', ')})`),
      fc.array(point, { minLength: 1, maxLength: 3 }).map((points) => `MULTIPOINT (${points.join(', ')}, EMPTY)`),
      fc.constantFrom('POINT EMPTY', 'POLYGON EMPTY', 'GEOMETRYCOLLECTION EMPTY', 'LINESTRING ZM (1 2 3 4, 5 6 7 8)'),
    )
    const shapes = fc.sample(
      fc.oneof(
        shape,
        fc
          .array(shape, { minLength: 1, maxLength: 3 })
          .map(
            (all) => `GEOMETRYCOLLECTION (${all.filter((each) => !each.includes('ZM')).join(', ') || 'POINT EMPTY'})`,
          ),
      ),
      200,
    )
    const list = shapes.map((text) => `('${text}')`).join(', ')
    const sql = `SELECT g, g::VARCHAR FROM (SELECT t::GEOMETRY AS g FROM (VALUES ${list}) x(t))`
    for (const [ours, theirs] of await bench.rows(await bench.source(), sql)) expect(ours).toBe(theirs)
  })
})
