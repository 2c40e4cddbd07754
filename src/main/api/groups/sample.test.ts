import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import story from '../../../../resources/sample/sample.json'
import { nodeStorage, nodeWorld } from '../../platform/node'
import { createPond, type Pond } from '../../pond'
import { fillSample } from './sample'

describe('the sample pond', () => {
  let folder: string
  let pond: Pond

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duckpond-sample-'))
    pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
    await fillSample(pond)
  })
  afterAll(async () => {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function text(path: string, at: string): Promise<string> {
    return Buffer.from(await (await pond.moment(at)).fs.readAll(path)).toString()
  }

  it('has a version for each chapter of the story, and one pending change', async () => {
    const log = await pond.log()
    expect(
      log
        .map((entry) => entry.message)
        .reverse()
        .slice(-story.versions.length),
    ).toEqual(story.versions.map((version) => version.message))
    expect(await pond.status()).toMatchObject({
      version: story.versions.length,
      pendingOperations: 1,
      counts: { modified: 1 },
    })
  })

  it('grows by a year at a time, with a mistake at version 3 that version 4 corrects', async () => {
    const rows = async (at: string) => (await text('/weather/daily.csv', at)).trimEnd().split('\n').slice(1)
    expect(await Promise.all(['1', '2', '3', '4'].map(async (at) => (await rows(at)).length))).toEqual([
      731, 1096, 1461, 1461,
    ])
    const warmest = async (at: string) => Math.max(...(await rows(at)).map((row) => Number(row.split(',')[2])))
    expect(await warmest('3')).toBeGreaterThan(90)
    expect(await warmest('head')).toBeLessThan(40)
  })

  it('has a link that leads to the table, a Parquet file known as a table, and every event on a line', async () => {
    expect(await text('/daily.csv', 'head')).toBe(await text('/weather/daily.csv', 'head'))
    expect((await pond.stat('/reference/hourly-normals.parquet')).fileType).toBe('file:table')
    const events = (await text('/hazards/earthquakes.jsonl', 'head'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string })
    expect(new Set(events.map((event) => event.id)).size).toBe(1707)
    expect((await pond.glob('/**')).map((entry) => entry.path)).toEqual([
      '/README.md',
      '/daily.csv',
      '/hazards',
      '/hazards/earthquakes.jsonl',
      '/reference',
      '/reference/global-temp.csv',
      '/reference/hourly-normals.parquet',
      '/river',
      '/river/gauges',
      '/river/gauges.recipe.yaml',
      '/river/lower.series',
      '/river/means',
      '/river/means.recipe.yaml',
      '/river/means/lower',
      '/river/means/lower/res=1d.series',
      '/river/means/lower/res=7d.series',
      '/river/means/upper',
      '/river/means/upper/res=1d.series',
      '/river/means/upper/res=7d.series',
      '/river/report.md',
      '/river/report.md.recipe.yaml',
      '/river/upper.series',
      '/weather',
      '/weather/columns.json',
      '/weather/daily.csv',
      '/weather/warm-days',
      '/weather/warm-days.recipe.yaml',
    ])
  })

  it('has recipes that all work, over series of four months with a gap', async () => {
    expect((await pond.recipes()).map(({ output, factory, problem }) => [output, factory, problem])).toEqual([
      ['/river/gauges', 'join', null],
      ['/river/means', 'reduce', null],
      ['/river/report.md', 'text', null],
      ['/weather/warm-days', 'sql', null],
    ])
    expect(await text('/river/report.md', 'head')).toContain('| 2026-03 | ')
    expect((await text('/river/report.md', 'head')).match(/\| \d+ \|$/gm)).toEqual([
      '| 0 |',
      '| 0 |',
      '| 187 |',
      '| 0 |',
    ])
    const days = (await pond.source('head')).tables('/river/means/upper/res=1d.series')
    expect(await days).toHaveLength(1)
  })

  it('answers every question that its README asks, and differently at version 3', async () => {
    const questions = [...(await text('/README.md', 'head')).matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block)
    const answers = async (at: string, sql: string) => {
      const rows: (readonly unknown[])[] = []
      for await (const batch of (await pond.queries.stream(await pond.source(at), sql)).batches) rows.push(...batch)
      return rows
    }
    expect(questions.length).toBe(3)
    for (const question of questions) expect((await answers('head', question)).length).toBeGreaterThan(3)
    expect(await answers('3', questions[0]!)).not.toEqual(await answers('head', questions[0]!))
  })
})
