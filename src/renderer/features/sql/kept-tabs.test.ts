import { expect, it } from 'vitest'
import { addTab, closeTab, keepText, newTabs, reopenTab, toStored, type EditorTabs } from './console-tabs'
import { pageLeft, pageName, readTabs, writeTabs, type Kept } from './kept-tabs'

const POND = 'p'

function memory(entries: readonly (readonly [string, string])[] = []): Kept & { copy(): ReturnType<typeof memory> } {
  const items = new Map(entries)
  return {
    get length() {
      return items.size
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    copy: () => memory([...items]),
  }
}

let names = 0
let now = 0

/** A page of the browser as it is loaded, with what it does. */
function load(local: Kept, session = memory()) {
  const { name, from } = pageName(session, () => `page ${++names}`)
  let tabs = readTabs(local, POND, [name, from])
  return {
    session,
    name,
    texts: () => tabs.tabs.map(({ sql }) => sql),
    change: (next: (tabs: EditorTabs) => EditorTabs) => {
      tabs = next(tabs)
      writeTabs(local, { pondId: POND, page: name, tabs, now: ++now })
    },
    type: (sql: string) => {
      tabs = keepText(tabs, tabs.active, sql)
      writeTabs(local, { pondId: POND, page: name, tabs, now: ++now })
    },
    reload: () => {
      pageLeft(session)
      return load(local, session)
    },
  }
}

it('of two pages neither writes over what the other has, and each has it again when it is loaded again', () => {
  const local = memory()
  const [one, two] = [load(local), load(local)]
  one.type('in one')
  two.type('in two')
  one.type('in one, more')
  expect([one.reload().texts(), two.reload().texts()]).toEqual([['in one, more'], ['in two']])
  expect(one.reload().name).toBe(one.name)
})

it('a new page begins with what was kept last, and opens again what the others had', () => {
  const local = memory()
  const [one, two] = [load(local), load(local)]
  one.type('in one')
  one.change((tabs) => closeTab(addTab(tabs, 'closed in one'), '2'))
  two.type('in two')
  two.change((tabs) => closeTab(addTab(tabs, 'closed in two'), '2'))
  const three = load(local)
  expect(three.texts()).toEqual(['in two'])
  for (const text of ['closed in two', 'in one', 'closed in one']) {
    three.change(reopenTab)
    expect(three.texts()).toContain(text)
  }
  three.change(reopenTab)
  expect(three.texts()).toHaveLength(4)
  expect(one.reload().texts()).toEqual(['in one'])
})

it('a page that is a copy of one that is open begins as that one, and goes its own way', () => {
  const local = memory()
  const one = load(local)
  one.type('in one')
  load(local).type('in another')
  const copy = load(local, one.session.copy())
  expect(copy.texts()).toEqual(['in one'])
  copy.type('in the copy')
  expect([one.reload().texts(), copy.reload().texts()]).toEqual([['in one'], ['in the copy']])
})

it('keeps what the last pages had, what an earlier DuckPond kept for all, and nothing of another pond', () => {
  const earlier = memory([[`duckpond.sql-tabs.${POND}`, toStored(keepText(newTabs(), '1', 'of all'))]])
  expect(load(earlier).texts()).toEqual(['of all'])
  writeTabs(earlier, { pondId: 'other', page: 'x', tabs: keepText(newTabs(), '1', 'elsewhere'), now: ++now })
  for (let i = 0; i < 20; i++) load(earlier).type(`text ${i}`)
  expect(load(earlier).texts()).toEqual(['text 19'])
  expect(earlier.length).toBe(9)
  expect(readTabs(earlier, 'other', []).tabs[0]?.sql).toBe('elsewhere')
})
