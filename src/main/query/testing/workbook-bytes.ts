/** Workbooks for tests, put together from their XML: as small as they can be, and wrong where that is wanted. */
import { crc32 } from '@node-rs/crc32'
import { deflateRawSync } from 'node:zlib'

export interface SheetXml {
  readonly name: string
  /** Between `<worksheet>` and its end. */
  readonly xml: string
  readonly state?: 'hidden'
}

export interface WorkbookXml {
  readonly sheets: readonly SheetXml[]
  /** Number formats of the styles 1, 2, ...; style 0 has none. */
  readonly formats?: readonly string[]
  readonly texts?: readonly string[]
  readonly is1904?: boolean
}

const TYPES = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export function workbook({ sheets, formats = [], texts = [], is1904 = false }: WorkbookXml): Uint8Array {
  const relation = (id: string, type: string, target: string): string =>
    `<Relationship Id="${id}" Type="${TYPES}/${type}" Target="${target}"/>`
  const relations = (all: readonly string[]): string => `<Relationships>${all.join('')}</Relationships>`
  const parts: Record<string, string> = {
    '_rels/.rels': relations([relation('rId1', 'officeDocument', 'xl/workbook.xml')]),
    'xl/workbook.xml': `<workbook xmlns:r="r"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${sheets
      .map(
        ({ name, state }, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="s${i}" state="${state ?? 'visible'}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_sheet, i) => relation(`s${i}`, 'worksheet', `worksheets/sheet${i}.xml`)),
      relation('st', 'styles', 'styles.xml'),
      relation('tx', 'sharedStrings', '/xl/sharedStrings.xml'),
    ]),
    'xl/styles.xml': `<styleSheet><numFmts>${formats
      .map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)
      .join(
        '',
      )}</numFmts><cellXfs><xf numFmtId="0"/>${formats.map((_code, i) => `<xf numFmtId="${164 + i}"/>`).join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `<sst>${texts.map((text) => `<si>${text}</si>`).join('')}</sst>`,
  }
  for (const [i, { xml }] of sheets.entries()) parts[`xl/worksheets/sheet${i}.xml`] = `<worksheet>${xml}</worksheet>`
  return zip(parts)
}

/** One sheet of rows; numbers and texts as they are, anything else as the XML of a cell. */
export function sheet(rows: readonly (readonly (number | string | { readonly xml: string } | null)[])[]): string {
  const cells = rows.map((row) =>
    row.map((cell) => {
      if (cell === null) return '<c/>'
      if (typeof cell === 'number') return `<c><v>${cell}</v></c>`
      return typeof cell === 'string' ? `<c t="inlineStr"><is><t>${cell}</t></is></c>` : cell.xml
    }),
  )
  return `<sheetData>${cells.map((row) => `<row>${row.join('')}</row>`).join('')}</sheetData>`
}

/** An archive; `claimed` is what an entry says of its length, for one that lies. */
export function zip(parts: Readonly<Record<string, string | Uint8Array>>, claimed?: number): Uint8Array {
  const files: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const size = claimed ?? bytes.length
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const file = Buffer.concat([Buffer.from('504b0304', 'hex'), common, Buffer.from(name), packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    entries.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, place, Buffer.from(name)]))
    files.push(file)
    at += file.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...files, directory, end])
}
