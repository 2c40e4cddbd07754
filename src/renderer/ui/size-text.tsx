/** A size as people say it, with the exact number of bytes on hover. */
import { exactBytes, formatBytes } from './format'

export function SizeText({ bytes }: { readonly bytes: number | null }) {
  if (bytes === null) return null
  return (
    <span className="pond-numbers" title={exactBytes(bytes)}>
      {formatBytes(bytes)}
    </span>
  )
}
