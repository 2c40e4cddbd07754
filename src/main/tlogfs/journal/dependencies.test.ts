import { describe, expect, it } from 'vitest'
import type { OperationKind } from '../../../shared/model'
import { Pace } from '../../platform'
import { SimClock } from '../../platform/sim'
import { dependencies, dependents } from './dependencies'
import type { Operation } from '../content/operation'

const pace = new Pace(new SimClock())

/** Operations on one series, numbered from 1. */
function onOneSeries(kinds: readonly OperationKind[]): Operation[] {
  return kinds.map((kind, index) => ({
    seq: index + 1,
    kind,
    nodeId: 'series',
    fileType: 'file:series',
    place: { directoryId: 'root', name: kind === 'rename' ? 'new' : 's' },
    from: kind === 'rename' ? { directoryId: 'root', name: 's' } : null,
    stagedAt: 0,
    size: 1,
    sha256: '',
    baseSha256: null,
    target: null,
    priorVersion: 0,
    minEventTime: null,
    maxEventTime: null,
    attributes: {},
  }))
}

describe('what pending operations need', () => {
  it('lets an append go without the appends after it', async () => {
    const operations = onOneSeries(['append', 'append', 'append'])
    expect([...(await dependents(operations, new Set([2]), pace))]).toEqual([2])
  })

  it('takes appends along with the creation of their series, and what changes a series with its appends', async () => {
    expect([...(await dependents(onOneSeries(['create', 'append', 'append']), new Set([1]), pace))]).toEqual([1, 2, 3])
    expect([...(await dependents(onOneSeries(['append', 'update', 'append']), new Set([1]), pace))]).toEqual([1, 2, 3])
    expect([...(await dependents(onOneSeries(['append', 'rename']), new Set([1]), pace))]).toEqual([1, 2])
  })

  it('commits an append with those before it, so that their order stays', async () => {
    const operations = onOneSeries(['append', 'append', 'append'])
    expect(await dependencies(operations, new Set([2]), pace)).toEqual(new Set([1, 2]))
  })
})
