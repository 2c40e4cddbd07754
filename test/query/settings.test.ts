import { describe, expect, it } from 'vitest'
import { newPond } from './pond'

describe('the setting query.memoryBytes', () => {
  it('bounds the next statement, in this process and in others, until it is taken back', async () => {
    await using test = await newPond()
    const limit = "SELECT current_setting('memory_limit')"
    const [[before]] = (await test.rows(limit)) as [[string]]
    await test.pond.setConfig('query.memoryBytes', '64MiB')
    expect(await test.rows(limit)).toEqual([['64.0 MiB']])
    await test.reopen()
    expect(await test.rows(limit)).toEqual([['64.0 MiB']])
    await test.pond.setConfig('query.memoryBytes', null)
    expect(await test.rows(limit)).toEqual([[before]])
  })
})
