import { describe, expect, it } from 'vitest'
import type { Change, FileType } from '../../../../shared/model'
import { activePath } from './active-path'

const change = (path: string, fileType: FileType = 'file:data'): Change => ({
  path,
  oldPath: null,
  nodeId: path,
  fileType,
  change: 'modified',
  sizeBefore: null,
  sizeAfter: null,
  sha256Before: null,
  sha256After: null,
})
const CHANGES = [change('/d', 'directory'), change('/d/a'), change('/d/b'), change('/d/c')]
const NO_WISH = { picked: null, preferred: null, before: null }

describe('the entry in front', () => {
  it('is what was picked, then the one looked for, then the one before', () => {
    const wish = { picked: '/d/a', preferred: '/d/b', before: '/d/c' }
    expect(activePath(CHANGES, wish)).toBe('/d/a')
    expect(activePath(CHANGES, { ...wish, picked: null })).toBe('/d/b')
    expect(activePath(CHANGES, { ...wish, picked: '/gone', preferred: '/gone' })).toBe('/d/c')
  })

  it('is otherwise the first with content, a directory only when there is nothing else', () => {
    expect(activePath(CHANGES, NO_WISH)).toBe('/d/a')
    expect(activePath([change('/d', 'directory')], NO_WISH)).toBe('/d')
    expect(activePath([], NO_WISH)).toBeNull()
  })
})
