/** Importing, as components start it: from a drop, or from the browser's choosers. */
import { useConnection, usePond } from '../../../session'
import { tellFailure } from '../actions'
import { gatherChosen, grabDrop } from './gather'
import { importFiles } from './run'

export interface Importer {
  /** Call inside the drop's event handler. */
  drop(transfer: DataTransfer, directory: string): void
  chooseFiles(directory: string): void
  chooseFolder(directory: string): void
}

export function useImport(): Importer {
  const connection = useConnection()
  const { pondId } = usePond()
  const { api, pathForFile } = connection
  /** Empty where the host cannot read the file itself: in a browser, and for what is in no folder of this machine. */
  const pathOf = (file: File): string => pathForFile?.(file) ?? ''

  const choose = (directory: string, folder: boolean): void => {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.webkitdirectory = folder
    // In the page, so that automation and assistive technology can find it while it is open.
    input.hidden = true
    input.dataset['import'] = folder ? 'folder' : 'files'
    input.onchange = () => {
      const files = [...(input.files ?? [])]
      input.remove()
      if (files.length === 0) return
      const sent = folder ? files : files.filter((file) => pathOf(file) === '')
      void importFiles(
        { connection, pondId, directory },
        {
          hostPaths: folder ? [] : files.map(pathOf).filter((path) => path !== ''),
          gather: async () => gatherChosen(sent),
        },
      )
    }
    input.oncancel = () => input.remove()
    document.body.append(input)
    input.click()
  }

  /** The host's own dialog gives the folder as it is, with what is empty or hidden in it. */
  const chooseHostFolder = async (directory: string): Promise<void> => {
    try {
      const { path } = await api.host.chooseFolder({ title: 'Import a folder' })
      if (path === null) return
      await importFiles({ connection, pondId, directory }, { hostPaths: [path], gather: async () => [] })
    } catch (error) {
      tellFailure('Nothing was imported', error)
    }
  }

  return {
    drop: (transfer, directory) => {
      const { files, gather } = grabDrop(transfer, (file) => pathOf(file) !== '')
      void importFiles(
        { connection, pondId, directory },
        {
          hostPaths: files.map(pathOf).filter((path) => path !== ''),
          gather: (task) =>
            gather(
              (done) => task.progress({ kind: 'progress', done, total: null, unit: 'files', note: 'Reading names' }),
              task.signal,
            ),
        },
      )
    },
    chooseFiles: (directory) => choose(directory, false),
    chooseFolder: (directory) => {
      if (pathForFile === null) choose(directory, true)
      else void chooseHostFolder(directory)
    },
  }
}

/** Whether a drag carries files of this machine. */
export function hasFiles(transfer: DataTransfer): boolean {
  return transfer.types.includes('Files')
}
