/** Arguments that may be patterns: a path that is there is itself, whatever characters it has. */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import type { Moment } from '../pond'

export function isPattern(path: string): boolean {
  return /[*?[{]/.test(path)
}

/**
 * The paths that arguments name at a moment, patterns expanded.
 * @param isLiteral by position: arguments after `--` are no patterns
 * @throws tinyfs.not-found for a pattern that matches nothing
 */
export async function namedBy(
  moment: Moment,
  paths: readonly string[],
  isLiteral: (index: number) => boolean,
): Promise<readonly string[]> {
  const named: string[] = []
  for (const [i, path] of paths.entries()) {
    if (isLiteral(i) || !isPattern(path) || (await moment.fs.exists(path, { follow: false }))) {
      named.push(path)
      continue
    }
    const matches = await moment.glob(path, false)
    if (matches.length === 0) throw new PondError('tinyfs.not-found', `nothing matches ${quote(path)}`, { path })
    named.push(...matches.map((entry) => entry.path))
  }
  return named
}
