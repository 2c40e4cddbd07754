/**
 * Geometry as text: WKT out of WKB (OGC 06-103r4, 7 and 8), spelt as DuckDB spells it when it casts.
 * Relies on bytes that DuckDB holds, which it has checked.
 */

const NAMES = ['POINT', 'LINESTRING', 'POLYGON', 'MULTIPOINT', 'MULTILINESTRING', 'MULTIPOLYGON', 'GEOMETRYCOLLECTION']
const DIMENSIONS = ['', 'Z', 'M', 'ZM']
const POINT = 1
const LINESTRING = 2
const POLYGON = 3
const COLLECTION = 7

export function geometryText(wkb: Uint8Array): string {
  return new Reader(wkb).geometry(true)
}

class Reader {
  readonly #view: DataView
  #at = 0
  #isLittle = true

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#view = new DataView(buffer, byteOffset, byteLength)
  }

  /** What a MULTI... holds stands without its name. */
  geometry(isNamed: boolean): string {
    this.#isLittle = this.#view.getUint8(this.#at++) === 1
    const code = this.#uint()
    const [kind, dimension] = [code % 1_000, Math.floor(code / 1_000)]
    const content = this.#content(kind, dimension === 3 ? 4 : dimension === 0 ? 2 : 3)
    const name = [NAMES[kind - 1]!, DIMENSIONS[dimension]!].filter((part) => part !== '').join(' ')
    if (isNamed) return `${name} ${content}`
    return content
  }

  #content(kind: number, width: number): string {
    switch (kind) {
      case POINT: {
        const point = this.#vertex(width)
        // A point without a place is kept as one at NaN.
        return point === Array.from({ length: width }, () => 'nan').join(' ') ? 'EMPTY' : `(${point})`
      }
      case LINESTRING:
        return this.#list(() => this.#vertex(width))
      case POLYGON:
        return this.#list(() => this.#list(() => this.#vertex(width)))
      default:
        return this.#list(() => {
          const part = this.geometry(kind === COLLECTION)
          // The points of a MULTIPOINT have no parentheses.
          return kind === POINT + 3 && part !== 'EMPTY' ? part.slice(1, -1) : part
        })
    }
  }

  #list(item: () => string): string {
    const count = this.#uint()
    if (count === 0) return 'EMPTY'
    return `(${Array.from({ length: count }, item).join(', ')})`
  }

  #vertex(width: number): string {
    return Array.from({ length: width }, () => numberText(this.#double())).join(' ')
  }

  #uint(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, this.#isLittle)
  }

  #double(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, this.#isLittle)
  }
}

/** The shortest digits that tell the number from others; with an exponent from 1e16 on, and below 0.0001. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0'
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const power = Number(exponent)
  if (value === 0 || (power >= -4 && power < 16)) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
