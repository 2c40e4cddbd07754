/**
 * Keeps DuckPond from writing into the files that ponds are made of. It looks at the disk itself, at every folder
 * above the target, so that links, `..`, another spelling of a name or a bind mount lead around nothing.
 */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { OWN_NAMES, POND_FILE } from '../../../shared/pond-folder'

/**
 * @param ponds folders of the ponds that are open (absolute): recognised also where a part of one is mounted elsewhere
 * @param target absolute; what is to be written, it need not be there
 * @throws host.inside-pond
 */
export async function mustBeOutsidePonds(ponds: readonly string[], target: string): Promise<void> {
  const refused = new PondError(
    'host.inside-pond',
    `${quote(target)} is one of a pond's own files: choose another place`,
    { path: target },
  )
  const own = await identitiesOf(ponds)
  for (let at = await trueOf(target); ; at = dirname(at)) {
    const here = await identityOf(at)
    if (here !== undefined && own.has(here)) throw refused
    if (dirname(at) === at) return
    if (await isOwnName(dirname(at), basename(at))) throw refused
  }
}

/** Whether a folder is a pond's, and the name one of its own, however it is spelled where spelling does not matter. */
async function isOwnName(folder: string, name: string): Promise<boolean> {
  const own = OWN_NAMES.find((each) => each === name.normalize('NFC').toLowerCase())
  if (own === undefined) return false
  const pond = await identityOf(join(folder, POND_FILE))
  return pond !== undefined && (own === name || (await identityOf(join(folder, POND_FILE.toUpperCase()))) === pond)
}

/** Of the pond's own files and folders. The pond's folder itself is the user's: other files may be in it. */
async function identitiesOf(ponds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await Promise.all(ponds.flatMap((pond) => OWN_NAMES.map((name) => identityOf(join(pond, name)))))
  return new Set(found.filter((identity) => identity !== undefined))
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found === undefined ? undefined : `${found.dev}/${found.ino}`
}

/** The path with the links of what exists of it resolved. */
async function trueOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return dirname(path) === path ? path : join(await trueOf(dirname(path)), basename(path))
  }
}
