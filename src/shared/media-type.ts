/**
 * The media type of a file: what somebody said, else what the ending of its name tells. One table for the listing, SQL,
 * the browser and the window. Types are those that IANA registers, or the usual one where it registers none.
 */

/** What is kept with a file. Only what somebody said of its type is kept: what the name tells follows the name. */
type Attributes = Readonly<Record<string, unknown>>

/** Null where nobody said one and the ending tells nothing. @param path its name is all that counts */
export function mediaTypeOf(path: string, attributes: Attributes = {}): string | null {
  const { mediaType: said } = attributes
  return typeof said === 'string' ? said : told(path)
}

function told(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const dot = name.lastIndexOf('.')
  return dot < 0 ? null : (MEDIA_TYPES.get(name.slice(dot + 1)) ?? null)
}

/** By the ending of a name, in small letters. Endings that mean several things, such as `ts`, are not here. */
export const MEDIA_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '7z': 'application/x-7z-compressed',
    aac: 'audio/aac',
    arrow: 'application/vnd.apache.arrow.file',
    arrows: 'application/vnd.apache.arrow.stream',
    avif: 'image/avif',
    avi: 'video/x-msvideo',
    bmp: 'image/bmp',
    bz2: 'application/x-bzip2',
    css: 'text/css',
    csv: 'text/csv',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    epub: 'application/epub+zip',
    flac: 'audio/flac',
    geojson: 'application/geo+json',
    gif: 'image/gif',
    gpx: 'application/gpx+xml',
    gz: 'application/gzip',
    heic: 'image/heic',
    htm: 'text/html',
    html: 'text/html',
    ico: 'image/x-icon',
    ics: 'text/calendar',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    js: 'text/javascript',
    json: 'application/json',
    jsonl: 'application/jsonl',
    kml: 'application/vnd.google-earth.kml+xml',
    log: 'text/plain',
    m4a: 'audio/mp4',
    md: 'text/markdown',
    mjs: 'text/javascript',
    mov: 'video/quicktime',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
    ndjson: 'application/jsonl',
    odp: 'application/vnd.oasis.opendocument.presentation',
    ods: 'application/vnd.oasis.opendocument.spreadsheet',
    odt: 'application/vnd.oasis.opendocument.text',
    ogg: 'audio/ogg',
    parquet: 'application/vnd.apache.parquet',
    pdf: 'application/pdf',
    png: 'image/png',
    pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
    rtf: 'application/rtf',
    sql: 'application/sql',
    svg: 'image/svg+xml',
    tar: 'application/x-tar',
    tif: 'image/tiff',
    tiff: 'image/tiff',
    toml: 'application/toml',
    tsv: 'text/tab-separated-values',
    txt: 'text/plain',
    wasm: 'application/wasm',
    wav: 'audio/wav',
    webm: 'video/webm',
    webp: 'image/webp',
    xlsm: 'application/vnd.ms-excel.sheet.macroEnabled.12',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    xml: 'application/xml',
    xz: 'application/x-xz',
    yaml: 'application/yaml',
    yml: 'application/yaml',
    zip: 'application/zip',
    zst: 'application/zstd',
  }),
)
