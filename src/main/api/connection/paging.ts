/** Part of a long list, as the page asks for it. */
export interface Page {
  readonly offset: number
  readonly limit: number
}

export function pageOf<T>(list: readonly T[], { offset, limit }: Page): readonly T[] {
  return offset === 0 && list.length <= limit ? list : list.slice(offset, offset + limit)
}
