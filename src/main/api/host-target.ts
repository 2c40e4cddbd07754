/** Where the app and its command line write on this machine: anywhere but into the files that a pond is made of. */
import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

const OWN = ['pond.json', 'config.json', 'data', 'large', 'pending', 'cache']

/**
 * @param pondFolder absolute
 * @param target absolute; what is to be written, it need not be there
 * @throws host.inside-pond
 */
export async function mustBeOutside(pondFolder: string, target: string): Promise<void> {
  const within = relative(await trueOf(pondFolder), await trueOf(target))
  if (!OWN.includes(within.split(sep)[0] ?? '')) return
  const message = `${quote(target)} is one of the pond's own files: choose another place`
  throw new PondError('host.inside-pond', message, { path: target })
}

/** The path with the links of what exists of it resolved. */
async function trueOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return dirname(path) === path ? path : join(await trueOf(dirname(path)), basename(path))
  }
}
