/** A message for a commit, made from what it changes: what a person in a hurry would have written. */
import type { Change, ChangeCounts, ChangeKind } from './model'
import { quote } from './path'

const VERBS: Readonly<Record<ChangeKind, string>> = {
  added: 'Add',
  modified: 'Update',
  deleted: 'Delete',
  renamed: 'Rename',
}
const ORDER: readonly ChangeKind[] = ['added', 'modified', 'renamed', 'deleted']

/** One line, e.g. `Add 12 files in /raw and update seattle.csv`. */
export function describeChanges(changes: readonly Change[]): string {
  const parts = ORDER.flatMap((kind) => {
    // A directory that only holds what else is added says nothing of its own.
    const all = changes.filter((change) => change.change === kind)
    const files = all.filter((change) => change.fileType !== 'directory')
    const own = files.length > 0 ? files : all
    return own.length === 0 ? [] : [partOf(kind, own)]
  })
  return joined(parts)
}

/** The same where there are too many to read: `Add 10,001 entries`. */
export function describeCounts(counts: ChangeCounts): string {
  return joined(
    ORDER.filter((kind) => counts[kind] > 0).map(
      (kind) => `${VERBS[kind]} ${counts[kind].toLocaleString('en-US')} ${counts[kind] === 1 ? 'entry' : 'entries'}`,
    ),
  )
}

function joined(parts: readonly string[]): string {
  if (parts.length === 0) return 'Change nothing that can be seen'
  const text = parts.map((part, i) => (i === 0 ? part : part.charAt(0).toLowerCase() + part.slice(1)))
  const last = text.pop() ?? ''
  return text.length === 0 ? last : `${text.join(', ')} and ${last}`
}

function partOf(kind: ChangeKind, changes: readonly Change[]): string {
  const verb = VERBS[kind]
  const [first, second] = changes as readonly [Change, Change | undefined]
  if (second === undefined) {
    if (kind !== 'renamed' || first.oldPath === null) return `${verb} ${nameOf(first)}`
    const moved = nameOf({ path: first.oldPath }) === nameOf(first)
    return moved
      ? `Move ${nameOf(first)} to ${oneLine(folderOf(first.path))}`
      : `Rename ${nameOf({ path: first.oldPath })} to ${nameOf(first)}`
  }
  if (changes.length === 2) return `${verb} ${nameOf(first)} and ${nameOf(second)}`
  const noun = changes.every((change) => change.fileType === 'directory')
    ? 'directories'
    : changes.every((change) => change.fileType !== 'directory')
      ? 'files'
      : 'entries'
  const folder = commonFolder(changes.map((change) => change.path))
  return `${verb} ${changes.length.toLocaleString('en-US')} ${noun}${folder === '/' ? '' : ` in ${oneLine(folder)}`}`
}

const nameOf = ({ path }: { readonly path: string }): string => oneLine(path.slice(path.lastIndexOf('/') + 1))
const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** Names may hold line breaks and what a terminal would obey; a message should not. */
function oneLine(name: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(name) ? quote(name) : name
}

/** The deepest directory that holds all paths. */
function commonFolder(paths: readonly string[]): string {
  const [first = '/'] = paths
  let parts = folderOf(first).split('/').filter(Boolean)
  for (const path of paths) {
    const other = folderOf(path).split('/').filter(Boolean)
    let same = 0
    while (same < parts.length && parts[same] === other[same]) same++
    parts = parts.slice(0, same)
  }
  return `/${parts.join('/')}`
}
