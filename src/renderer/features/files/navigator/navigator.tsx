export function Navigator() {
  return null
}
