/** What the parts of the files feature share: the marked entries, what is being renamed, and the open dialog. */
import { create } from 'zustand'
import { useSession, type RecipeRequest, type TextPlace } from '../../session'
import type { ImportPlan } from './import/plan'
import type { TreeEntry } from './navigator/tree-model'

export type FilesDialog =
  | { readonly kind: 'new-folder'; readonly parent: string }
  | { readonly kind: 'link'; readonly parent: string; readonly target: string }
  | { readonly kind: 'move'; readonly paths: readonly string[] }
  | { readonly kind: 'delete'; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'export'; readonly paths: readonly string[] }
  | { readonly kind: 'text-changed'; readonly path: string; readonly text: string; readonly found: string | null }
  | { readonly kind: 'reading'; readonly path: string }
  | { readonly kind: 'recipe'; readonly request: RecipeRequest }
  | { readonly kind: 'conflicts'; readonly plan: ImportPlan; readonly answer: (answer: ConflictAnswer | null) => void }

export type ConflictAnswer = 'replace' | 'keep-both' | 'skip'

interface FilesState {
  readonly dialog: FilesDialog | null
  /** Path whose name is being edited in the tree. */
  readonly renaming: string | null
  readonly pendingOnly: boolean
  /** Paths marked together, besides the selection; empty while one entry is selected. */
  readonly marked: ReadonlySet<string>
  /** A path the tree should scroll to and make active, and when that was asked (`performance.now()`). */
  readonly reveal: { readonly path: string; readonly nonce: number; readonly askedMs: number } | null
}

export const useFilesState = create<FilesState>()(() => ({
  dialog: null,
  renaming: null,
  pendingOnly: false,
  marked: new Set(),
  reveal: null,
}))

export const showDialog = (dialog: FilesDialog | null): void => useFilesState.setState({ dialog })
export const startRename = (path: string | null): void => useFilesState.setState({ renaming: path })
export const mark = (paths: Iterable<string>): void => useFilesState.setState({ marked: new Set(paths) })
export const revealInTree = (path: string): void =>
  useFilesState.setState((s) => ({ reveal: { path, nonce: (s.reveal?.nonce ?? 0) + 1, askedMs: performance.now() } }))

/** Opens a text at a place of it, and shows where it is. */
export function openAt(place: TextPlace): void {
  useSession.getState().openAt(place)
  revealInTree(place.path)
}
