export function CommitButton() {
  return null
}
