/** Recipes as people see them: what an entry is computed by, what is wrong, what a text would make, which fields there are. */
import type { ChangeKind } from './change'
import type { FileType } from './entry'
import type { TablePreview } from './table'

/** Of an entry that is computed: it is not stored, and can only be read. */
export interface RecipeOf {
  /** Where the recipe is stored. */
  readonly path: string
  /** Null where the text is wrong. */
  readonly factory: string | null
  /** Why nothing can be made, as far as the text alone says. */
  readonly problem: RecipeProblem | null
  /** What it says of itself. */
  readonly description: string | null
}

/** A recipe of the pond with what it makes, and how far that is made. */
export interface RecipeState extends RecipeOf {
  readonly output: string
  readonly fileType: FileType
  /**
   * `failing`: nothing can be made, see `problem`. `made`: all of it is a file of the cache for the inputs as they are.
   * `inlined`: a query reads what it is computed of, and no file is needed. `not-made`: it is made when somebody reads it.
   */
  readonly state: 'failing' | 'made' | 'inlined' | 'not-made'
  /** Paths that it reads, stored and computed, those nearest to it, ordered. */
  readonly inputs: readonly string[]
  /** Bytes in the cache. */
  readonly cachedBytes: number
  /** How the recipe differs from the head. */
  readonly change: ChangeKind | null
}

export interface RecipeProblem {
  readonly code: string
  /** With what was expected and the nearest name, without its place. */
  readonly message: string
  /** From 1, columns in UTF-16 units; null where nobody knows. */
  readonly line: number | null
  readonly column: number | null
  /** The known name that was perhaps meant. */
  readonly nearest: string | null
}

/** A check that fails with `error` makes `pond check` fail; `warn` is said. */
export const CHECK_SEVERITIES = ['error', 'warn'] as const
export type CheckSeverity = (typeof CHECK_SEVERITIES)[number]

/** What came of one check of a table that a recipe makes, or of an entry that cannot be made. */
export interface CheckResult {
  /** The table. */
  readonly path: string
  /** Where the recipe is stored. */
  readonly recipe: string
  /** As it is written; null of an entry that cannot be made, of which nothing can be checked. */
  readonly check: string | null
  readonly severity: CheckSeverity
  /** Of the check in the recipe, from 1, columns in UTF-16 units. */
  readonly line: number | null
  readonly column: number | null
  /** `broken`: it could not be asked; see `problem`. */
  readonly outcome: 'passed' | 'failed' | 'broken'
  /** Rows that break it; of `unique` groups of rows. */
  readonly failures: number
  /** The first few of them. */
  readonly examples: TablePreview | null
  readonly problem: RecipeProblem | null
}

/** A computed file that differs between two moments. */
export interface ComputedChange {
  readonly path: string
  /** Where the recipe is stored, or was. */
  readonly recipe: string
  readonly change: Extract<ChangeKind, 'added' | 'modified' | 'deleted'>
  /** Whether the recipe itself is another. */
  readonly isRecipeChanged: boolean
  /** Of `modified`: paths that it reads whose content is another, stored and computed, ordered. */
  readonly inputs: readonly string[]
}

/** What became of a recipe that was applied. */
export interface AppliedRecipe {
  readonly path: string
  readonly outcome: 'created' | 'changed' | 'unchanged'
}

/** How a computed file is made. */
export interface RecipeExplanation {
  /** Of a table: over paths of the pond, all that the recipe says is in it. */
  readonly sql: string | null
  /** Paths that it reads, ordered. */
  readonly inputs: readonly string[]
  /** Hash of all that determines its content. */
  readonly key: string
  /** Whether queries read what it is computed of, so that no file is needed. */
  readonly isInlined: boolean
  /** Bytes of it in the cache; null where it is not made. */
  readonly cachedBytes: number | null
}

/** The first of what a text would make, were it the recipe at its path. */
export interface RecipePreview {
  /** False for a text that says of no recipe. */
  readonly isRecipe: boolean
  /** Null where nothing can be made. */
  readonly made:
    | { readonly kind: 'table'; readonly preview: TablePreview; readonly isWhole: boolean }
    | { readonly kind: 'text'; readonly text: string; readonly isWhole: boolean }
    | {
        readonly kind: 'directory'
        /** Paths below it, in their order. */
        readonly entries: readonly { readonly path: string; readonly fileType: FileType }[]
        readonly isWhole: boolean
      }
    | null
  /** In the order of their places. */
  readonly problems: readonly RecipeProblem[]
}

/** A field of a recipe, as an editor offers it. */
export interface RecipeField {
  readonly name: string
  /** What it is, in a sentence. */
  readonly words: string
  readonly isRequired: boolean
  /** As YAML writes it; null where there is none. */
  readonly default: string | null
  /** The words it may be; empty where it is free. */
  readonly values: readonly string[]
  /** Whether a path or a pattern of the pond stands there. */
  readonly isPath: boolean
  readonly isList: boolean
  /** The fields of its value, or of each of its items. */
  readonly fields: readonly RecipeField[]
  /** Its names are free: `fields` are those of what stands under each of them. */
  readonly hasOwnNames: boolean
}

export interface RecipeFactory {
  readonly name: string
  readonly words: string
  readonly fields: readonly RecipeField[]
}
