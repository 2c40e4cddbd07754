/** Saving what the page downloads: by the system's dialog, named after what is saved, where the last one went. */
import type { Session } from 'electron'
import { basename, dirname, join } from 'node:path'
import type { HostEvent } from '../../shared/contract'
import type { Config } from '../api'

export interface DownloadOptions {
  readonly config: Config
  /** Where the first one goes. */
  readonly firstFolder: string
  readonly tell: (event: HostEvent) => void
}

const REMEMBERED = 'saved-folder'

export async function nameDownloads(session: Session, { config, firstFolder, tell }: DownloadOptions): Promise<void> {
  const last = await config.read(REMEMBERED)
  let folder = typeof last === 'string' ? last : firstFolder
  session.on('will-download', (_, item) => {
    const name = basename(item.getFilename())
    item.setSaveDialogOptions({ title: `Save ${name}`, defaultPath: join(folder, name) })
    item.once('done', (_event, state) => {
      if (state === 'cancelled') return
      const path = item.getSavePath()
      if (state === 'interrupted') return tell({ kind: 'not-saved', name })
      folder = dirname(path)
      // The next dialog merely starts elsewhere.
      config.write(REMEMBERED, folder).catch(() => undefined)
      tell({ kind: 'saved', path })
    })
  })
}
