/** Which two moments the Changes tab compares, and what they are called. */

export interface ComparedMoments {
  readonly from: string
  readonly to: string
  readonly names: { readonly before: string; readonly after: string }
  /** What the list is, e.g. "Pending changes". */
  readonly title: string
  /** What is listed can be discarded: it is what is pending now. */
  readonly pending: boolean
}

export interface ComparedInput {
  /** What the window looks at. */
  readonly at: 'pending' | number
  readonly head: number
  /** A comparison that was asked for; it goes before what the window looks at. */
  readonly comparison: { readonly from: string; readonly to: string } | null
}

export function comparedMoments({ at, head, comparison }: ComparedInput): ComparedMoments {
  if (comparison !== null && !isPending(comparison)) {
    const { from, to } = comparison
    const names = { before: nameOf(from, head), after: nameOf(to, head) }
    return { from, to, names, title: `From ${names.before} to ${names.after}`, pending: false }
  }
  if (typeof at === 'number') {
    const names = { before: nameOf(String(at - 1), head), after: nameOf(String(at), head) }
    return {
      from: String(Math.max(0, at - 1)),
      to: String(at),
      names,
      title: `What version ${at} changed`,
      pending: false,
    }
  }
  return {
    from: 'head',
    to: 'pending',
    names: { before: `version ${head}`, after: 'pending' },
    title: 'Pending changes',
    pending: true,
  }
}

const isPending = ({ from, to }: { readonly from: string; readonly to: string }): boolean =>
  from === 'head' && to === 'pending'

function nameOf(moment: string, head: number): string {
  if (moment === 'pending') return 'pending'
  if (moment === 'head') return `version ${head}`
  return /^-?\d+$/.test(moment) ? (Number(moment) < 0 ? 'nothing' : `version ${moment}`) : moment
}
