/**
 * What is chosen in the list of versions and what that compares: one row shows what it changed, two
 * rows show what lies between them, and either side can be named freely. Pure.
 */
import type { ResolvedAt, Version } from '../../../shared/model'

/** A row of the list. */
export type RowKey = 'pending' | Version

/** Two moments, as the API takes them. */
export interface Pair {
  readonly from: string
  readonly to: string
}

export interface Choice {
  /** The row that the keyboard acts on. */
  readonly active: RowKey
  /** The other end of a comparison of two rows. */
  readonly other: RowKey | null
  /** Sides that were named by hand. */
  readonly named: Pair | null
}

export const chooseRow = (active: RowKey): Choice => ({ active, other: null, named: null })

/** Moves one end of the comparison, leaving the other where the choice began. */
export function extendTo(choice: Choice, to: RowKey): Choice {
  const other = choice.other ?? choice.active
  return { active: to, other: other === to ? null : other, named: null }
}

/** What a row alone compares: the version with the one before it, what is pending with the head. */
function pairOfRow(row: RowKey): Pair {
  return row === 'pending' ? { from: 'head', to: 'pending' } : { from: String(row - 1), to: String(row) }
}

/** The older moment first. */
export function pairOf({ active, other, named }: Choice): Pair {
  if (named !== null) return named
  if (other === null) return pairOfRow(active)
  const [older, newer] = isOlder(active, other) ? [active, other] : [other, active]
  return { from: String(older), to: String(newer) }
}

function isOlder(a: RowKey, b: RowKey): boolean {
  if (a === 'pending') return false
  return b === 'pending' || a < b
}

/** True while the detail is about one row and what it changed. */
export const isOneRow = (choice: Choice): boolean => choice.named === null && choice.other === null

/** `Pending`, `Version 3`: how a moment is called and typed. */
export function momentName(moment: string, head: Version): string {
  if (moment === 'pending') return 'Pending'
  if (moment === 'head') return `Version ${head}`
  return /^\d+$/.test(moment) ? `Version ${moment}` : moment
}

/** The same, once the pond has said which moment it is. */
export function resolvedName(at: ResolvedAt): string {
  return at.kind === 'pending' ? 'Pending' : `Version ${at.version}`
}

/** What was typed as the API takes it: names of moments, and everything else as it is. Null for nothing. */
export function parseMoment(text: string): string | null {
  const words = text.trim()
  if (words === '') return null
  if (/^(pending|now)$/i.test(words)) return 'pending'
  return /^version\s*(\d+)$/i.exec(words)?.[1] ?? words
}
