/** How wide a column wants to be: enough for its header and for the values that are here to look at. */
import type { Column } from '../../../shared/model'
import { shortType } from './column-kind'
import type { Page } from './page'

const HEADER_EXTRA_PX = 66
const CELL_EXTRA_PX = 18
const LEAST_PX = 64
const MOST_PX = 420
const SAMPLE_ROWS = 100

/** Measures text in a font, in pixels. */
export type Measure = (text: string, font: 'cell' | 'header') => number

export function fitWidth(column: Column, index: number, sample: Page | null, measure: Measure): number {
  let width = Math.max(
    measure(column.name, 'header') + HEADER_EXTRA_PX,
    measure(shortType(column.type), 'cell') * 0.85 + 46,
  )
  if (sample !== null) {
    const end = Math.min(sample.rows, SAMPLE_ROWS)
    for (let i = 0; i < end && width < MOST_PX; i++) {
      const text = sample.text(sample.offset + i, index)
      if (text !== null) width = Math.max(width, measure(text.slice(0, 100), 'cell') + CELL_EXTRA_PX)
    }
  }
  return Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, width)))
}

/** Measures with a canvas, in the fonts that the element draws with. */
export function canvasMeasure(element: Element): Measure {
  const context = document.createElement('canvas').getContext('2d')
  const { fontFamily, fontSize } = getComputedStyle(element)
  const fonts = { cell: `${fontSize} ${fontFamily}`, header: `600 ${fontSize} ${fontFamily}` }
  return (text, font) => {
    if (context === null) return text.length * 7
    context.font = fonts[font]
    return context.measureText(text).width
  }
}
