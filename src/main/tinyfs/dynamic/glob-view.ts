/** A directory whose entries are what a pattern finds: files and directories, each where it really is. */
import { PondError } from '../../../shared/errors'
import type { ViewDefinition } from '../../../shared/model'
import { quote } from '../../../shared/path'
import type { DirectoryEntry, NodeRef } from '../backend'
import { countCaptures, glob, type GlobMatch } from '../glob'
import type { ReadFileSystem } from '../read-filesystem'
import type { DirectoryProvider } from './provider'
import { nameEach, pathAsName, readTemplate } from './view-names'

/** @throws tinyfs.bad-pattern, tinyfs.above-root, tinyfs.bad-view (the name) */
export function globView(definition: ViewDefinition): DirectoryProvider {
  const { glob: pattern, name } = definition
  const captures = countCaptures(pattern)
  const nameOf = name === undefined ? pathAsName : readTemplate(name, captures)
  if (nameOf === undefined || name === '' || name?.includes('/')) {
    const why = nameOf === undefined ? `${quote(pattern)} has ${captures} wildcards, counted from $0` : 'it is no name'
    throw new PondError('tinyfs.bad-view', `${quote(name ?? '')} cannot name the entries of a view: ${why}`, {
      glob: pattern,
      name,
    })
  }
  return {
    attributes: { view: definition },
    async entries(stored) {
      const found = await targets(stored, await glob(stored, pattern))
      const matches = found.map(({ match }) => match)
      const names = await nameEach(matches, nameOf, stored.backend.pace)
      return found.map(({ node }, i): DirectoryEntry => ({ name: names[i]!, node }))
    },
  }
}

/** What the matches lead to. A link that leads nowhere is left out: in another directory it would lead elsewhere. */
async function targets(
  stored: ReadFileSystem,
  matches: readonly GlobMatch[],
): Promise<{ readonly match: GlobMatch; readonly node: NodeRef }[]> {
  const found: { match: GlobMatch; node: NodeRef }[] = []
  for (const match of matches) {
    const node = match.node.fileType === 'symlink' ? await stored.follow(match.path) : match.node
    if (node !== undefined) found.push({ match, node })
  }
  return found
}
