import { describe, expect, it } from 'vitest'
import { actionOfKey, startingSelection, type GridKey } from './grid-keys'
import { HEADER_ROW, rangeOf, selectCell } from './selection'

const bounds = { rows: 100, columns: 5, pageRows: 10 }
const press = (key: string, more: Partial<GridKey> = {}): GridKey => ({
  key,
  ctrl: false,
  shift: false,
  alt: false,
  ...more,
})
const cell = selectCell({ row: 7, column: 2 })
const header = selectCell({ row: HEADER_ROW, column: 2 })

describe('the keys of a grid', () => {
  it('open a value in a cell and sort in the header', () => {
    expect(actionOfKey(cell, press('Enter'), bounds)).toEqual({ do: 'inspect' })
    expect(actionOfKey(header, press('Enter'), bounds)).toEqual({ do: 'sort', column: 2, add: false })
    expect(actionOfKey(header, press('Enter', { shift: true }), bounds)).toEqual({ do: 'sort', column: 2, add: true })
  })

  it('select rows, columns and everything', () => {
    const range = (more: Partial<GridKey>, key = ' ') => {
      const action = actionOfKey(cell, press(key, more), bounds)
      return action?.do === 'select' ? rangeOf(action.selection) : null
    }
    expect(range({ shift: true })).toEqual({ top: 7, bottom: 7, left: 0, right: 4 })
    expect(range({ ctrl: true })).toEqual({ top: 0, bottom: 99, left: 2, right: 2 })
    expect(range({ ctrl: true }, 'a')).toEqual({ top: 0, bottom: 99, left: 0, right: 4 })
  })

  it('open the menu in three ways and leave every other key alone', () => {
    for (const way of [press('ContextMenu'), press('F10', { shift: true }), press('ArrowDown', { alt: true })]) {
      expect(actionOfKey(cell, way, bounds)).toEqual({ do: 'menu' })
    }
    for (const other of [
      press('x'),
      press('c', { ctrl: true }),
      press('ArrowLeft', { alt: true }),
      press('Tab'),
      press('Escape'),
    ]) {
      expect(actionOfKey(cell, other, bounds)).toBeNull()
    }
  })

  it('begin where one looks, in the header when there are no rows', () => {
    expect(startingSelection(40, 100).focus).toEqual({ row: 40, column: 0 })
    expect(startingSelection(0, 0).focus.row).toBe(HEADER_ROW)
  })
})
