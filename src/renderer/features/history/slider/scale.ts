/**
 * The slider's scale: one position for every version from 0 to the head, and one more at the right end
 * for now, which is the head with what is pending. Pure; widths are in pixels.
 */
import type { Moment } from '../../../session'

/** The right end: now. */
export const lastPosition = (head: number): number => head + 1

export function positionOf(at: Moment, head: number): number {
  return at === 'pending' ? lastPosition(head) : Math.min(Math.max(at, 0), head)
}

export function momentAt(position: number, head: number): Moment {
  return position > head ? 'pending' : Math.max(position, 0)
}

/** The position `delta` steps away, within the scale. */
export function step(position: number, delta: number, head: number): number {
  return Math.min(Math.max(position + delta, 0), lastPosition(head))
}

/** Where a key leads; null for keys that do not move the slider. */
export function positionForKey(key: string, position: number, head: number): number | null {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return step(position, -1, head)
    case 'ArrowRight':
    case 'ArrowUp':
      return step(position, 1, head)
    case 'PageDown':
      return step(position, -10, head)
    case 'PageUp':
      return step(position, 10, head)
    case 'Home':
      return 0
    case 'End':
      return lastPosition(head)
    default:
      return null
  }
}

/** 0 at the left end of the track, 1 at its right. */
export function fractionOf(position: number, head: number): number {
  return position / lastPosition(head)
}

/** The position nearest to a place on the track; beyond its ends, the end. */
export function positionAtFraction(fraction: number, head: number): number {
  return step(0, Math.round(fraction * lastPosition(head)), head)
}

export interface Ruler {
  /** Versions that get a tick, ascending; always the first and the head among them. */
  readonly ticks: readonly number[]
  /** Those of them that have room for words, and leave room for "Now" at the end. */
  readonly labelled: readonly number[]
}

const TICK_GAP = 7
const LABEL_GAP = 132

/** As many ticks and labels as a track of this width can hold, at round numbers. */
export function ruler(head: number, width: number): Ruler {
  if (width <= 0) return { ticks: [], labelled: [] }
  const perVersion = width / lastPosition(head)
  const tickStep = roundStep(TICK_GAP / perVersion)
  const labelStep = roundStep(LABEL_GAP / perVersion, tickStep)
  const ticks = multiples(tickStep, head)
  if (ticks.at(-1) !== head) ticks.push(head)
  const end = width - LABEL_GAP * 0.6
  return { ticks, labelled: multiples(labelStep, head).filter((version) => version * perVersion <= end) }
}

/** The smallest of 1, 2, 5, 10, 20, 50… that is at least `least` and a multiple of `of`. */
export function roundStep(least: number, of = 1): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) {
      const candidate = digit * power
      if (candidate >= least && candidate % of === 0) return candidate
    }
  }
}

function multiples(by: number, upTo: number): number[] {
  return Array.from({ length: Math.floor(upTo / by) + 1 }, (_, i) => i * by)
}
