import { describe, expect, it } from 'vitest'
import { kindOf, shortType } from './column-kind'

describe('the kind of a column', () => {
  it.each([
    ['BIGINT', 'number'],
    ['DECIMAL(18,3)', 'number'],
    ['HUGEINT', 'number'],
    ['DOUBLE', 'number'],
    ['VARCHAR', 'text'],
    ['BOOLEAN', 'boolean'],
    ['DATE', 'date'],
    ['TIMESTAMP', 'timestamp'],
    ['TIMESTAMP_NS', 'timestamp'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamp'],
    ['TIME', 'time'],
    ['TIME WITH TIME ZONE', 'time'],
    ['INTERVAL', 'interval'],
    ['BLOB', 'binary'],
    ['UUID', 'uuid'],
    ['JSON', 'json'],
    ["ENUM('a', 'b[]')", 'enum'],
    ['INTEGER[]', 'list'],
    ['DOUBLE[3]', 'list'],
    ['STRUCT(a INTEGER, b VARCHAR)', 'struct'],
    ['STRUCT(a INTEGER)[]', 'list'],
    ['MAP(VARCHAR, INTEGER)', 'map'],
    ['"NULL"', 'other'],
  ])('of %s is %s', (type, kind) => {
    expect(kindOf(type)).toBe(kind)
  })

  it('has a short name that fits a header', () => {
    expect(shortType('STRUCT(a INTEGER, b VARCHAR)')).toBe('STRUCT')
    expect(shortType('TIMESTAMP WITH TIME ZONE')).toBe('TIMESTAMPTZ')
    expect(shortType('DECIMAL(18,3)')).toBe('DECIMAL(18,3)')
  })
})
