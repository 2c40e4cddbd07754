/** How content of a media type may safely be shown by a browser. */

/** Text for a person, whatever else it is for a program. */
const TEXT = /^(text\/|application\/(geo\+json|json|jsonl|sql|toml|xml|yaml)$|image\/svg\+xml$)/
const IMAGES = new Set([
  'image/avif',
  'image/bmp',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/svg+xml',
  'image/webp',
])

function isText(mediaType: string | null): boolean {
  return mediaType !== null && TEXT.test(mediaType)
}

export function isImage(mediaType: string | null): boolean {
  return mediaType !== null && IMAGES.has(mediaType)
}

/** As content is served: images as they are, all text as plain text, the rest as bytes. Never a page. */
export function servedType(mediaType: string | null): string {
  if (mediaType !== null && IMAGES.has(mediaType)) return mediaType
  return isText(mediaType) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}
