/** Importing, as components start it: from a drop, or from the browser's choosers. */
import { useConnection, usePond } from '../../../session'
import { gatherChosen, grabDrop } from './gather'
import { importFiles, importHostPaths } from './run'

export interface Importer {
  /** Call inside the drop's event handler. */
  drop(transfer: DataTransfer, directory: string): void
  chooseFiles(directory: string): void
  chooseFolder(directory: string): void
}

export function useImport(): Importer {
  const connection = useConnection()
  const { pondId } = usePond()

  const choose = (directory: string, folder: boolean): void => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.webkitdirectory = folder
    // In the page, so that automation and assistive technology can find it while it is open.
    input.hidden = true
    input.dataset['import'] = folder ? 'folder' : 'files'
    input.onchange = () => {
      const gathered = gatherChosen(input.files ?? [])
      input.remove()
      if (gathered.length > 0) void importFiles({ connection, pondId, directory }, async () => gathered)
    }
    input.oncancel = () => input.remove()
    document.body.append(input)
    input.click()
  }

  return {
    drop: (transfer, directory) => {
      const context = { connection, pondId, directory }
      const { files, gather } = grabDrop(transfer)
      const { pathForFile } = connection
      if (pathForFile !== null) void importHostPaths(context, files.map(pathForFile))
      else {
        void importFiles(context, (task) =>
          gather(
            (done) => task.progress({ kind: 'progress', done, total: null, unit: 'files', note: 'Reading names' }),
            task.signal,
          ),
        )
      }
    },
    chooseFiles: (directory) => choose(directory, false),
    chooseFolder: (directory) => choose(directory, true),
  }
}

/** Whether a drag carries files of this machine. */
export function hasFiles(transfer: DataTransfer): boolean {
  return transfer.types.includes('Files')
}
