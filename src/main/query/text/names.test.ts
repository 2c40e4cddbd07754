import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { expect, it } from 'vitest'
import { openBench } from '../testing/host-source'

const bench = await openBench()

it.each([
  ['/x.csv', 'a,"b\0c"\n1,2\n', 'line 1 has a NUL byte in the name of a column'],
  ['/skipped.csv', 'title\n\na,b\0,c\n1,2,3\n4,5,6\n', 'line 3 has a NUL byte in the name of a column'],
  ['/x.json', '[{"a\\u0000b":1}]', 'a key of its objects has a NUL character'],
  ['/x.jsonl', '{"a":{"b\\u0000":[1]}}\n', 'a key of its objects has a NUL character'],
  ['/x.arrow', tableToIPC(tableFromArrays({ 'a\0b': [1] }), 'file'), 'the name of a column has a NUL byte'],
])('refuses %s with a NUL byte in a name, at which a statement would end', async (name, content, message) => {
  const source = await bench.source({ [name]: content })
  const found = await bench.queries.describe((await source.tables(name))[0]!, { previewRows: 1 })
  const problem = { code: 'query.unreadable-file', message: expect.stringContaining(message) as string }
  expect(found).toMatchObject({ problem })
  await expect(bench.rows(source, `FROM '${name}'`)).rejects.toMatchObject({ code: 'query.unreadable-file' })
})
