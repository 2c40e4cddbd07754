/** A query as the text of a recipe, and where it might stand. */
import { baseName, childPath, parentPath, type PondPath } from '../../../shared/path'
import type { RecipeRequest } from '../../session'
import { pathsIn } from './paths-in-text'

export function recipeOf({ sql, name }: { readonly sql: string; readonly name: string }): RecipeRequest {
  return { text: recipeText(sql), path: proposedPath(sql, name) }
}

export function recipeText(sql: string): string {
  const query = sql.trim().replace(/\s*;$/, '')
  // Braces of a template would be filled in.
  const literal = /\{[{%#]/.test(query) ? `{% raw %}${query}{% endraw %}` : query
  const lines = literal.split(/\r?\n/).map((line) => (line.trim() === '' ? '' : `  ${line}`))
  return `recipe: sql\nquery: |-${/^\s/.test(literal) ? '2' : ''}\n${lines.join('\n')}\n`
}

/** Beside the first file that it reads, called by its tab, or by that file. */
export function proposedPath(sql: string, tab: string): string {
  const read = pathsIn(sql, 100).at(-1)
  const folder = read === undefined ? '/' : parentPath(read as PondPath)
  const named = slug(tab)
  const isNamed = named !== '' && !/^query-\d+$/.test(named)
  const stem = read === undefined ? 'result' : `${slug(baseName(read).replace(/\..*$/, '')) || 'result'}-query`
  return childPath(folder as PondPath, isNamed ? named : stem)
}

function slug(words: string): string {
  return words
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}._]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
}
