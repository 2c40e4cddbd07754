import { expect, it } from 'vitest'
import type { RecipeState } from '../../../shared/model'
import { graphOf, NODE } from './graph'

const recipe = (output: string, ...inputs: string[]): RecipeState => ({
  path: `${output}.recipe.yaml`,
  output,
  factory: 'sql',
  problem: null,
  description: null,
  fileType: 'file:table',
  state: 'inlined',
  inputs,
  cachedBytes: 0,
  change: null,
})

it('what is read stands left of what reads it, and nothing stands on anything else', () => {
  const { nodes, edges } = graphOf([recipe('/b', '/a'), recipe('/a', '/t.csv'), recipe('/c', '/a', '/u.csv')])
  const x = (id: string): number => nodes.find((node) => node.id === id)!.x
  for (const { from, to } of edges) expect(x(from)).toBeLessThan(x(to))
  expect(edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(['/a /b', '/a /c', '/t.csv /a', '/u.csv /c'])
  for (const a of nodes)
    for (const b of nodes)
      if (a !== b)
        expect(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height, `${a.id} ${b.id}`).toBe(true)
})

it('what is read of a directory that a recipe makes comes from that recipe', () => {
  const { edges } = graphOf([recipe('/hourly', '/s'), recipe('/mean', '/hourly/a/res=1h.series')])
  expect(edges.map(({ from, to }) => `${from} ${to}`)).toContain('/hourly /mean')
})

it('many files of one folder are one node', () => {
  const files = Array.from({ length: 30 }, (_, i) => `/d/${i}.csv`)
  const { nodes } = graphOf([recipe('/all', ...files)])
  expect(nodes.map(({ id, files: count }) => `${id} ${count}`).sort()).toEqual(['/all 1', '/d/ 30'])
})

it('what is made of itself has no arrow to itself, and a ring ends', () => {
  expect(graphOf([recipe('/a', '/a')]).edges).toEqual([])
  expect(graphOf([recipe('/a', '/b'), recipe('/b', '/a')]).nodes).toHaveLength(2)
})
