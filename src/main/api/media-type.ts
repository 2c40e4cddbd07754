/** What a name's ending says about content, and how content may safely be shown by a browser. */
import { baseName } from '../../shared/path'

const BY_ENDING: Readonly<Record<string, string>> = {
  arrow: 'application/vnd.apache.arrow.file',
  arrows: 'application/vnd.apache.arrow.stream',
  avif: 'image/avif',
  bmp: 'image/bmp',
  css: 'text/css',
  csv: 'text/csv',
  gif: 'image/gif',
  geojson: 'application/geo+json',
  html: 'text/html',
  htm: 'text/html',
  ico: 'image/x-icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  jsonl: 'application/jsonl',
  md: 'text/markdown',
  ndjson: 'application/jsonl',
  parquet: 'application/vnd.apache.parquet',
  pdf: 'application/pdf',
  png: 'image/png',
  sql: 'application/sql',
  svg: 'image/svg+xml',
  toml: 'application/toml',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  webp: 'image/webp',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  zip: 'application/zip',
}

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

/** Null where the ending says nothing. */
export function mediaTypeOf(path: string): string | null {
  const name = baseName(path)
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return ending === name.toLowerCase() ? null : (BY_ENDING[ending] ?? null)
}

export function isText(mediaType: string | null): boolean {
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
