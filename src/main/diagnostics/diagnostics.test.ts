import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PondError } from '../../shared/errors'
import { memoryLog, openDiagnostics, type LogFields } from './index'

const open = async (level: string | undefined) => {
  const lines: string[] = []
  let now = 0
  const diagnostics = await openDiagnostics({ level, now: () => ++now, writeLine: (line) => lines.push(line) })
  return { ...diagnostics, lines }
}

describe('diagnostics', () => {
  it('write one JSON object per record, with the scope it was said in', async () => {
    const { log, lines } = await open('info')
    log.child({ pond: 'p1' }).child({ step: 2 }).info('steward.repaired', { bytes: 5 })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/\n$/)
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'info',
      event: 'steward.repaired',
      pond: 'p1',
      step: 2,
      bytes: 5,
    })
  })

  it.each([
    [undefined, []],
    ['off', []],
    ['loud', []],
    ['info', ['b', 'c', 'd']],
    ['debug', ['a', 'b', 'c', 'd']],
    ['error', ['d']],
  ] as const)('write at level %s what it asks for', async (level, expected) => {
    const { log, lines } = await open(level)
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(expected)
  })

  it('keep the last 500 records in order, also while nothing is written', async () => {
    const { log, recent } = await open('off')
    for (let i = 0; i < 1_234; i++) log.info('counted', { i })
    expect(recent().map(({ fields }) => fields['i'])).toEqual(Array.from({ length: 500 }, (_, i) => i + 734))
  })

  it('give an unexpected error a short id that leads to its stack, and show no stack among records', async () => {
    const { report, findReport, recent } = await open('off')
    const id = report(new Error('outer', { cause: new PondError('platform.io', 'inner') }))
    expect(id).toMatch(/^[0-9a-f]{8}$/)
    expect(findReport(id)?.stack).toMatch(/outer[^]*caused by: PondError: inner/)
    expect(JSON.stringify(recent())).not.toContain('.ts:')
    expect(findReport('00000000')).toBeUndefined()
  })

  it('never let a secret through, wherever it is', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/)
    const place = fc.constantFrom<(text: string) => LogFields>(
      (text) => ({ token: text }),
      (text) => ({ deep: { list: [{ accessToken: text }] } }),
      (text) => ({ url: `http://127.0.0.1:1/?token=${text}&x=1` }),
      (text) => ({ headers: { Authorization: `Bearer ${text}`, cookie: text } }),
      (text) => ({ error: new Error(`refused: Bearer ${text}`) }),
      (text) => ({ url: new Map([['remote', `s3://user:${text}@host/a`]]) }),
    )
    fc.assert(
      fc.property(secret, place, (text, fields) => {
        const log = memoryLog()
        log.child({ password: text }).info('said', fields(text))
        expect(JSON.stringify(log.records)).not.toContain(text)
      }),
    )
  })

  it('turn any value into bounded JSON', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true, withSet: true, withTypedArray: true }), (value) => {
        const log = memoryLog()
        log.info('said', { value, circular, long: 'x'.repeat(100_000), undefined })
        const fields = log.records[0]!.fields
        expect(JSON.parse(JSON.stringify(fields))).toEqual(fields)
        expect(JSON.stringify(fields).length).toBeLessThan(200_000)
      }),
    )
  })
})
