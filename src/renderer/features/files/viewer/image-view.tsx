/** An image on a checkerboard, fitted or in its own pixels. */
import { Loader, SegmentedControl } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Entry } from '../../../../shared/model'
import { failureOf } from '../../../session'
import { displayName, ErrorState, formatNumber, SizeText, Spacer, Toolbar } from '../../../ui'
import { useContent } from './content'
import classes from './viewer.module.css'

export function ImageView({ entry }: { readonly entry: Entry }) {
  const { data: bytes, error } = useContent(entry, 0, entry.size ?? 0)
  const source = useObjectUrl(bytes, entry.mediaType)
  const [actual, setActual] = useState(false)
  const [failed, setFailed] = useState(false)
  const [pixels, setPixels] = useState<{ readonly width: number; readonly height: number } | null>(null)
  if (error !== null) return <ErrorState title="The image cannot be read" failure={failureOf(error)} />
  if (failed || entry.size === 0) {
    const detail = { path: entry.path }
    return (
      <ErrorState
        failure={{ code: 'internal', message: `"${displayName(entry.name)}" cannot be drawn as an image`, detail }}
      />
    )
  }
  return (
    <>
      <Toolbar>
        <span className="pond-dim pond-numbers">
          {pixels !== null && `${formatNumber(pixels.width)} × ${formatNumber(pixels.height)} pixels, `}
          <SizeText bytes={entry.size} />
        </span>
        <Spacer />
        <SegmentedControl
          aria-label="Size of the image"
          data={[
            { value: 'fit', label: 'Fit' },
            { value: 'actual', label: 'Actual size' },
          ]}
          value={actual ? 'actual' : 'fit'}
          onChange={(value) => setActual(value === 'actual')}
        />
      </Toolbar>
      <div className={classes.canvas}>
        {source === null ? (
          <Loader size="xs" aria-label="Reading the image" />
        ) : (
          <img
            key={source}
            className={classes.picture}
            data-actual={actual || undefined}
            src={source}
            alt={displayName(entry.name)}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setPixels({ width: naturalWidth, height: naturalHeight })
            }
            onError={() => setFailed(true)}
          />
        )}
      </div>
    </>
  )
}

/** An address for bytes that were checked, for as long as they are shown. */
function useObjectUrl(bytes: Uint8Array<ArrayBuffer> | undefined, mediaType: string | null): string | null {
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    if (bytes === undefined) return setAddress(null)
    const made = URL.createObjectURL(new Blob([bytes], { type: mediaType ?? 'application/octet-stream' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [bytes, mediaType])
  return address
}
