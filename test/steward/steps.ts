/** The steps that work takes through what is known of a pond, for tests about what acts and queries cost. */
import { vi } from 'vitest'
import { Pace } from '../../src/main/platform'
import { Pending } from '../../src/main/tlogfs'
import { ForkedList } from '../../src/main/tlogfs/maps/forked-list'
import { ForkedMap } from '../../src/main/tlogfs/maps/forked-map'
import { LayeredMap } from '../../src/main/tlogfs/maps/layered-map'

/**
 * Counts from now on every look at, and every step through, what views, overlays and the list of pending operations
 * keep, and every turn of a loop that may rest; until mocks are restored.
 * @returns how many there were so far
 */
export function countSteps(): () => number {
  let gone = 0
  const { entries } = ForkedMap.prototype
  vi.spyOn(ForkedMap.prototype, 'entries').mockImplementation(function* (this: ForkedMap<string, unknown>, from) {
    for (const entry of entries.call(this, from as string)) {
      gone++
      yield entry
    }
  } as typeof entries)
  const { from } = ForkedList.prototype
  vi.spyOn(ForkedList.prototype, 'from').mockImplementation(function* (this: ForkedList<unknown>, index) {
    for (const value of from.call(this, index)) {
      gone++
      yield value
    }
  })
  const { operations } = Pending.prototype
  vi.spyOn(Pending.prototype, 'operations').mockImplementation(async function (this: Pending, committed) {
    const all = await operations.call(this, committed)
    gone += all.length
    return all
  })
  const looks = [
    ...(['get', 'has', 'set', 'delete'] as const).map((name) => vi.spyOn(ForkedMap.prototype, name)),
    ...(['get', 'learn'] as const).map((name) => vi.spyOn(LayeredMap.prototype, name)),
    vi.spyOn(Pace.prototype, 'due', 'get'),
  ]
  return () => gone + looks.reduce((sum, spy) => sum + spy.mock.calls.length, 0)
}
