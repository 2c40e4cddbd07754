/** The machine behind the window: recent ponds, folders to choose from, and what only the host can do. */
import { access, constants, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { HostFolder } from '../../../shared/contract'
import { checkName, compareUtf8 } from '../../../shared/path'
import { isPond } from '../connection/config'
import { hostError } from '../../platform/node'
import type { Group } from '../connection/handlers'
import type { Session } from '../connection/session'

export function hostHandlers(session: Session): Group<'host'> {
  const { config, options } = session.hub
  return {
    info: async () => ({
      kind: options.kind,
      productVersion: options.productVersion,
      home: homedir(),
      startPond: options.startPond,
      platform: process.platform,
      afterCrash: options.afterCrash ?? false,
    }),
    events: (_, { signal }) => session.events.read(signal),
    showCommands: async ({ commands }) => options.showCommands?.(session, commands),
    showWork: async (work) => options.showWork?.(session, work),
    answerClose: async ({ close }) => options.answerClose?.(close),
    showInFolder: async ({ path }) => {
      options.showInFolder?.(resolve(path))
      return { shown: options.showInFolder !== undefined }
    },
    recent: () => config.recent(),
    forget: ({ path }) => config.forget(path),
    folders: ({ path }) => listFolder(path ?? homedir()),
    makeFolder: async ({ parent, name }) => {
      checkName(name)
      const folder = join(resolve(parent), name)
      await mkdir(folder).catch((error: unknown) => {
        throw hostError(error, folder, 'write')
      })
      return listFolder(folder)
    },
    chooseFolder: async ({ title }) => ({ path: (await options.chooseFolder?.(title)) ?? null }),
  }
}

/** @throws host.not-found, host.not-a-folder, host.unreadable */
async function listFolder(path: string): Promise<HostFolder> {
  const folder = await realpath(resolve(path)).catch((error: unknown) => {
    throw hostError(error, path)
  })
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw hostError(error, folder)
  })
  const names: string[] = []
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(folder, entry.name))))
    if (isFolder) names.push(entry.name)
  }
  names.sort(compareUtf8)
  const folders = await Promise.all(
    names.map(async (name) => ({ name, path: join(folder, name), isPond: await isPond(join(folder, name)) })),
  )
  const parent = dirname(folder)
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    writable: await canWrite(folder),
    isPond: await isPond(folder),
    folders,
  }
}

async function leadsToFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function canWrite(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
}
