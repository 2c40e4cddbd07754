/** What the sheets of a workbook share: their names, the texts, and the formats of numbers. */
import { NoWorkbook, type Parts, type XmlHandler } from './parts'
import { numberKind, type NumberKind } from './number-format'

export interface Sheet {
  readonly name: string
  readonly part: string
  readonly isHidden: boolean
}

export interface Workbook {
  readonly sheets: readonly Sheet[]
  readonly is1904: boolean
  /** By the number that a cell has as its style. */
  readonly kinds: readonly NumberKind[]
  readonly texts: readonly string[]
}

/** Of all shared texts. */
const MOST_TEXT_LENGTH = 256 * 1024 * 1024

interface Relation {
  readonly type: string
  readonly target: string
}

/** @throws NoWorkbook */
export async function readWorkbook(parts: Parts, step: () => Promise<void>): Promise<Workbook> {
  const [main] = [...(await relations(parts, '', step)).values()].filter(({ type }) => type === 'officeDocument')
  const part = main?.target ?? 'xl/workbook.xml'
  if (!parts.has(part)) throw new NoWorkbook('it is no Excel workbook')
  const related = await relations(parts, part, step)
  const sheets: Sheet[] = []
  let is1904 = false
  await read(parts, part, step, {
    open(name, attributes) {
      if (name === 'workbookPr') is1904 = attributes['date1904'] === '1' || attributes['date1904'] === 'true'
      if (name !== 'sheet') return
      const target = related.get(attributes['r:id'] ?? attributes['id'] ?? '')
      // A sheet may be a chart.
      if (target?.type !== 'worksheet') return
      const isHidden = (attributes['state'] ?? 'visible') !== 'visible'
      sheets.push({ name: attributes['name'] ?? '', part: target.target, isHidden })
    },
  })
  const one = (type: string): string | undefined => [...related.values()].find((each) => each.type === type)?.target
  const styles = one('styles')
  const shared = one('sharedStrings')
  return {
    sheets,
    is1904,
    kinds: styles !== undefined && parts.has(styles) ? await readKinds(parts, styles, step) : [],
    texts: shared !== undefined && parts.has(shared) ? await readTexts(parts, shared, step) : [],
  }
}

/** Of a part, or of the whole, by their ids; the type is the last word of its name. */
async function relations(
  parts: Parts,
  part: string,
  step: () => Promise<void>,
): Promise<ReadonlyMap<string, Relation>> {
  const slash = part.lastIndexOf('/')
  const [folder, base] = [part.slice(0, slash + 1), part.slice(slash + 1)]
  const name = `${folder}_rels/${base}.rels`
  const found = new Map<string, Relation>()
  if (!parts.has(name)) return found
  await read(parts, name, step, {
    open(tag, { Id, Type, Target, TargetMode }) {
      if (tag !== 'Relationship' || TargetMode === 'External' || Target === undefined) return
      const target = Target.startsWith('/') ? Target.slice(1) : resolve(folder, Target)
      found.set(Id ?? '', { type: (Type ?? '').replace(/^.*\//, ''), target })
    },
  })
  return found
}

function resolve(folder: string, target: string): string {
  const names: string[] = []
  for (const name of `${folder}${target}`.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '.' && name !== '') names.push(name)
  }
  return names.join('/')
}

async function readKinds(parts: Parts, part: string, step: () => Promise<void>): Promise<NumberKind[]> {
  const codes = new Map<number, string>()
  const kinds: NumberKind[] = []
  let isOfCells = false
  await read(parts, part, step, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '')
      if (name === 'cellXfs') isOfCells = true
      if (name !== 'xf' || !isOfCells) return
      const id = Number(attributes['numFmtId'] ?? 0)
      kinds.push(numberKind(id, codes.get(id)))
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false
    },
  })
  return kinds
}

async function readTexts(parts: Parts, part: string, step: () => Promise<void>): Promise<string[]> {
  const texts: string[] = []
  let length = 0
  const rich = new RichText()
  await read(parts, part, step, {
    open(name) {
      if (name === 'si') rich.begin()
      rich.open(name)
    },
    text: (text) => rich.text(text),
    close(name) {
      rich.close(name)
      if (name !== 'si') return
      const text = rich.end()
      length += text.length
      if (length > MOST_TEXT_LENGTH) throw new NoWorkbook('its texts take more memory than there is for them')
      texts.push(text)
    },
  })
  return texts
}

/** A text of several runs, without how it is spoken. */
export class RichText {
  #parts: string[] = []
  #isText = false
  #spoken = 0

  begin(): void {
    this.#parts = []
  }

  open(name: string): void {
    if (name === 'rPh') this.#spoken++
    this.#isText = name === 't' && this.#spoken === 0
  }

  text(text: string): void {
    if (this.#isText) this.#parts.push(text)
  }

  close(name: string): void {
    if (name === 'rPh') this.#spoken--
    if (name === 't') this.#isText = false
  }

  end(): string {
    return plainText(this.#parts.join(''))
  }
}

/** Characters that XML does not have are written as their numbers. */
export function plainText(text: string): string {
  return text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16)))
    : text
}

async function read(
  parts: Parts,
  part: string,
  step: () => Promise<void>,
  handler: Partial<XmlHandler>,
): Promise<void> {
  const none = (): void => undefined
  for await (const _piece of parts.parse(part, { open: none, close: none, text: none, ...handler })) await step()
}
