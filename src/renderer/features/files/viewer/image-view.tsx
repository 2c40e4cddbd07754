/** An image on a checkerboard, fitted or in its own pixels. */
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { contentUrl } from '../../../../shared/bytes'
import type { Entry } from '../../../../shared/model'
import { useAt, useConnection, usePond } from '../../../session'
import { displayName, ErrorState, formatNumber, SizeText, Spacer, Toolbar } from '../../../ui'
import classes from './viewer.module.css'

export function ImageView({ entry }: { readonly entry: Entry }) {
  const { bytesBase } = useConnection()
  const { pondId } = usePond()
  const at = useAt()
  const [actual, setActual] = useState(false)
  const [failed, setFailed] = useState(false)
  const [pixels, setPixels] = useState<{ readonly width: number; readonly height: number } | null>(null)
  if (failed) {
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
        <img
          key={entry.sha256}
          className={classes.picture}
          data-actual={actual || undefined}
          src={`${bytesBase}${contentUrl(pondId, entry.path, String(at))}&sha256=${entry.sha256 ?? ''}`}
          alt={displayName(entry.name)}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setPixels({ width: naturalWidth, height: naturalHeight })
          }
          onError={() => setFailed(true)}
        />
      </div>
    </>
  )
}
