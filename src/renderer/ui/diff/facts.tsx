/** What two sides of an entry are, fact by fact: size, hash, rows, target. Facts that differ stand out. */
import type { DiffSide } from '../../../shared/contract'
import { displayName, exactBytes, formatBytes, formatNumber, shortHash } from '../format'
import classes from './diff.module.css'

export interface DiffNames {
  readonly before: string
  readonly after: string
}

interface Fact {
  readonly name: string
  /** Null where the side does not exist or does not have it. */
  shown(side: DiffSide): string | null
  exact?(side: DiffSide): string | undefined
}

const FACTS: readonly Fact[] = [
  { name: 'Path', shown: (side) => displayName(side.path) },
  { name: 'Points to', shown: (side) => (side.target === null ? null : displayName(side.target)) },
  {
    name: 'Size',
    shown: (side) => (side.size === null ? null : formatBytes(side.size)),
    exact: (side) => (side.size === null ? undefined : exactBytes(side.size)),
  },
  { name: 'Rows', shown: (side) => (side.rows === null ? null : formatNumber(side.rows)) },
  { name: 'Columns', shown: (side) => (side.columns === null ? null : formatNumber(side.columns.length)) },
  {
    name: 'SHA-256',
    shown: (side) => (side.sha256 === null ? null : shortHash(side.sha256)),
    exact: (side) => side.sha256 ?? undefined,
  },
]

export function Facts({
  before,
  after,
  names,
}: {
  readonly before: DiffSide | null
  readonly after: DiffSide | null
  readonly names: DiffNames
}) {
  const facts = FACTS.map((fact) => ({
    ...fact,
    left: before === null ? null : fact.shown(before),
    right: after === null ? null : fact.shown(after),
  })).filter(
    ({ name, left, right }) =>
      (left !== null || right !== null) && (name !== 'Path' || (left !== null && right !== null && left !== right)),
  )
  return (
    <table className={classes.facts}>
      <thead>
        <tr>
          <th scope="col">
            <span className="pond-hidden">Fact</span>
          </th>
          <th scope="col">{names.before}</th>
          <th scope="col">{names.after}</th>
        </tr>
      </thead>
      <tbody>
        {facts.map(({ name, left, right, exact }) => (
          <tr key={name} data-differs={left !== right || undefined}>
            <th scope="row">{name}</th>
            <td title={before === null ? undefined : exact?.(before)}>{left ?? <Missing side={before} />}</td>
            <td title={after === null ? undefined : exact?.(after)}>{right ?? <Missing side={after} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Missing({ side }: { readonly side: DiffSide | null }) {
  return <span className="pond-dim">{side === null ? 'does not exist' : 'not known'}</span>
}
