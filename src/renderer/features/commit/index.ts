export { CommitButton } from './commit-button'
