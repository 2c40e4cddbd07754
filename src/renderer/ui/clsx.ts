/** Class names, without the ones that do not apply. */
export function clsx(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ')
}
