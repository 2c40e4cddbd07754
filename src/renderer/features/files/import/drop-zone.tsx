/** Lets files be dropped anywhere on the window; says where they will go while they hover. */
import { IconUpload } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useReadOnlyReason } from '../../../session'
import { displayName } from '../../../ui'
import classes from './drop-zone.module.css'
import { hasFiles, useImport } from './use-import'

export function DropZone({ directory }: { readonly directory: () => string }) {
  const importer = useImport()
  const readOnly = useReadOnlyReason()
  const [over, setOver] = useState<string | null>(null)
  const latest = useRef({ importer, readOnly, directory })
  latest.current = { importer, readOnly, directory }

  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (event.dataTransfer === null || !hasFiles(event.dataTransfer)) return
      // Without this the browser would leave the app and open the file.
      event.preventDefault()
      const { readOnly, directory } = latest.current
      if (readOnly !== null) event.dataTransfer.dropEffect = 'none'
      setOver(readOnly ?? directory())
    }
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(null)
    }
    const onDrop = (event: DragEvent): void => {
      setOver(null)
      if (event.defaultPrevented || event.dataTransfer === null || !hasFiles(event.dataTransfer)) return
      event.preventDefault()
      const { importer, readOnly, directory } = latest.current
      if (readOnly === null) importer.drop(event.dataTransfer, directory())
    }
    // A drop on the tree is the tree's: it is heard here only to take the sign away.
    const onDone = (): void => setOver(null)
    addEventListener('dragover', onOver)
    addEventListener('dragleave', onLeave)
    addEventListener('drop', onDrop)
    addEventListener('drop', onDone, { capture: true })
    return () => {
      removeEventListener('dragover', onOver)
      removeEventListener('dragleave', onLeave)
      removeEventListener('drop', onDrop)
      removeEventListener('drop', onDone, { capture: true })
    }
  }, [])

  if (over === null) return null
  return (
    <div className={classes.zone} data-refused={readOnly !== null || undefined} aria-hidden>
      <span className={classes.sign}>
        <IconUpload size={16} stroke={1.8} />
        {readOnly ?? `Import into ${over === '/' ? 'the pond' : displayName(over)}`}
      </span>
    </div>
  )
}
