/**
 * Every call and event of the bridge, once: input schema and output type. The server side
 * implements it (`main/api`), the command line calls that implementation in process, Electron
 * carries it over a MessagePort, the web host over a WebSocket. Inputs are validated once, at the
 * server's edge; outputs are types only. Bytes never travel here, see `bytes.ts`.
 * Longer than 350 lines because it is one object, which both sides name as a whole.
 */
import { eventIterator, oc, type, type ContractRouterClient } from '@orpc/contract'
import { z } from 'zod'
import { EXPORT_FORMATS } from './model'
import { readingOptions } from './reading'
import type {
  Change,
  ChangeCounts,
  Column,
  CommitOutcome,
  Description,
  Entry,
  FileVersion,
  LogEntry,
  OperationRecord,
  PondChanged,
  PondInfo,
  QueryState,
  CheckResult,
  ComputedChange,
  RecipeExplanation,
  RecipeFactory,
  RecipePreview,
  RecipeState,
  ResolvedAt,
  RestoreOutcome,
  Status,
  Step,
  UndoOutcome,
  VerifyReport,
} from './model'

/** The one typed failure of every call: `data` is a `WireError`. */
const base = oc.errors({
  POND: { data: type<{ code: string; message: string; detail: Readonly<Record<string, unknown>> }>() },
})

const path = z.string().max(65_536)
const at = z.string().max(64).default('pending')
const hostPath = z.string().min(1).max(4096)
const id = z.string().min(1).max(64)
const sortKey = z.object({ column: z.int().min(0), descending: z.boolean() })
const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(100_000).default(1_000) }
/** A command of the page: `key` as the page spells it, e.g. `mod+shift+K`. */
const hostCommand = z.object({
  id: z.string().min(1).max(64),
  title: z.string().max(200),
  group: z.string().max(64),
  key: z.string().max(64).nullable(),
  enabled: z.boolean(),
})
export type HostCommand = z.infer<typeof hostCommand>
/** What is under way in a page: `fraction` 0 to 1, null while nobody knows; `unsaved` files with edits. */
const pageWork = z.object({
  tasks: z.array(z.object({ title: z.string().max(200), fraction: z.number().min(0).max(1).nullable() })).max(100),
  unsaved: z.int().min(0),
})
export type PageWork = z.infer<typeof pageWork>

const steps = <T>() => eventIterator(type<Step<T>>())

export interface HostInfo {
  readonly kind: 'web' | 'electron'
  readonly productVersion: string
  /** The folder a chooser starts in. */
  readonly home: string
  /** The pond this host was started on, to open at once. */
  readonly startPond: string | null
  readonly platform: string
  /** This page was loaded because the process of the one before it ended. */
  readonly afterCrash: boolean
}
export type HostEvent =
  /** Run one of the page's commands. */
  | { readonly kind: 'command'; readonly id: string }
  /** Open a pond that was named from outside. */
  | { readonly kind: 'open-pond'; readonly path: string }
  /** The window is to close while work is under way: ask, and say it by `answerClose`. */
  | { readonly kind: 'close-wanted' }
  /** A download was saved at an absolute path of this machine, or could not be. */
  | { readonly kind: 'saved'; readonly path: string }
  | { readonly kind: 'not-saved'; readonly name: string }
export interface RecentPond {
  readonly path: string
  readonly name: string
  readonly openedAt: number
  /** False when the folder has gone or is no pond any more. */
  readonly available: boolean
}
export interface HostFolder {
  readonly path: string
  readonly parent: string | null
  readonly writable: boolean
  readonly isPond: boolean
  readonly folders: readonly { readonly name: string; readonly path: string; readonly isPond: boolean }[]
}
export interface DirectoryPage {
  readonly path: string
  readonly at: ResolvedAt
  readonly total: number
  readonly entries: readonly Entry[]
}
export interface ImportConflict {
  /** Path in the pond that is already taken. */
  readonly path: string
  readonly size: number | null
}
export interface StagedImport {
  readonly files: number
  readonly bytes: number
  readonly staged: number
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /** Entries whose pending content gave way: `undo` brings it back. */
  readonly displaced: number
}
export interface ChangePage {
  readonly from: ResolvedAt
  readonly to: ResolvedAt
  readonly total: number
  readonly counts: ChangeCounts
  readonly changes: readonly Change[]
}
/** One side of a comparison of an entry; null where it does not exist. */
export interface DiffSide {
  readonly at: ResolvedAt
  readonly path: string
  readonly size: number | null
  readonly sha256: string | null
  readonly rows: number | null
  readonly columns: readonly Column[] | null
  readonly target: string | null
}
export interface EntryDiff {
  readonly kind: 'text' | 'table' | 'binary' | 'symlink' | 'directory'
  readonly before: DiffSide | null
  readonly after: DiffSide | null
}
export interface Relation {
  readonly name: string
  readonly columns: readonly Column[]
}
export interface Completion {
  readonly label: string
  /** UTF-16 offset in the text at which the suggestion replaces. */
  readonly from: number
}
export interface ExportedFile {
  readonly exportId: string
  readonly fileName: string
  readonly bytes: number
  readonly rows: number
}

export const contract = {
  host: {
    info: base.output(type<HostInfo>()),
    /** Silent until a menu or the system asks for something. */
    events: base.output(eventIterator(type<HostEvent>())),
    /** The page's commands as they are now, for a host with a menu of its own; others ignore them. */
    showCommands: base.input(z.object({ commands: z.array(hostCommand).max(500) })).output(type<void>()),
    /** The page's work as it is now, for the task bar and for asking before the window closes; others ignore it. */
    showWork: base.input(pageWork).output(type<void>()),
    /** The answer to `close-wanted`: whether the window may go now. */
    answerClose: base.input(z.object({ close: z.boolean() })).output(type<void>()),
    /** Shows a file or folder of this machine in the system's file browser; false where the host has none. */
    showInFolder: base.input(z.object({ path: hostPath })).output(type<{ readonly shown: boolean }>()),
    recent: base.output(type<readonly RecentPond[]>()),
    forget: base.input(z.object({ path: hostPath })).output(type<void>()),
    /** Lists the folders of a folder of this machine, for choosing a pond or an export's target. */
    folders: base.input(z.object({ path: hostPath.nullable().default(null) })).output(type<HostFolder>()),
    makeFolder: base.input(z.object({ parent: hostPath, name: z.string().min(1).max(255) })).output(type<HostFolder>()),
    /** The system's own folder dialog; null where there is none or it was cancelled. */
    chooseFolder: base.input(z.object({ title: z.string().max(200) })).output(type<{ readonly path: string | null }>()),
  },
  pond: {
    /** A connection has one pond at a time: opening another closes the first. */
    open: base.input(z.object({ path: hostPath })).output(type<PondInfo>()),
    create: base.input(z.object({ path: hostPath, sample: z.boolean().default(false) })).output(type<PondInfo>()),
    close: base.output(type<void>()),
    info: base.output(type<PondInfo>()),
    /** An event at once, then one after every change of this pond by whomever. */
    watch: base.output(eventIterator(type<PondChanged>())),
    /**
     * What people should hear besides answers, such as that the pond has a new format: a sentence each, once, to
     * every connection that listens then; what nobody has heard yet waits for the first.
     */
    notices: base.output(eventIterator(type<string>())),
    verify: base.input(z.object({ quick: z.boolean().default(false) })).output(steps<VerifyReport>()),
  },
  files: {
    /**
     * A page of a directory, by name in UTF-8 order. With `deleted`, entries that are pending
     * deletion are listed too (`change` is `deleted`).
     */
    list: base
      .input(z.object({ path, at, deleted: z.boolean().default(false), ...page }))
      .output(type<DirectoryPage>()),
    stat: base.input(z.object({ path, at })).output(type<Entry>()),
    /**
     * With `reading`, as if that had been said of the text (to try it: a problem is in `problem`); with `previewRows`,
     * the first rows, too.
     */
    describe: base
      .input(
        z.object({
          path,
          at,
          reading: readingOptions.nullable().default(null),
          previewRows: z.int().min(0).max(1_000).default(0),
        }),
      )
      .output(type<Description>()),
    /** Says how a text is read from now on: staged, like every change. Null takes back what was said. */
    setReading: base
      .input(z.object({ path, reading: readingOptions.nullable() }))
      .output(type<{ readonly staged: number }>()),
    versions: base.input(z.object({ path })).output(type<readonly FileVersion[]>()),
    makeDirectory: base.input(z.object({ path, parents: z.boolean().default(false) })).output(type<Entry>()),
    link: base.input(z.object({ path, target: path })).output(type<Entry>()),
    rename: base.input(z.object({ from: path, to: path })).output(type<Entry>()),
    remove: base
      .input(z.object({ paths: z.array(path).min(1), recursive: z.boolean().default(false) }))
      .output(type<{ readonly staged: number; readonly displaced: number }>()),
    /** Of these pond paths, those that exist: what an import would have to replace or avoid. */
    existing: base.input(z.object({ paths: z.array(path).max(1_000_000) })).output(type<readonly ImportConflict[]>()),
    /**
     * Opens an import. Its files arrive through the byte plane (or from host paths), nothing is
     * visible until `finishImport` stages them all at once; `cancelImport` leaves nothing.
     */
    beginImport: base.output(type<{ readonly importId: string }>()),
    /** Adds files and folders of this machine (an Electron drop). */
    importHostPaths: base
      .input(z.object({ importId: id, destination: path, hostPaths: z.array(hostPath).min(1) }))
      .output(steps<{ readonly files: number; readonly bytes: number; readonly paths: readonly string[] }>()),
    finishImport: base
      .input(
        z.object({
          importId: id,
          /** What to do where a file is in the way. */
          onExisting: z.enum(['replace', 'keep-both', 'skip', 'refuse']).default('refuse'),
          /**
           * What has to be at these paths, by hash (null: nothing), for whoever replaces what they have
           * seen; `api.changed` and nothing staged where it is something else.
           */
          expected: z
            .array(z.object({ path, sha256: z.string().max(64).nullable() }))
            .max(1_000)
            .optional(),
        }),
      )
      .output(steps<StagedImport>()),
    cancelImport: base.input(z.object({ importId: id })).output(type<void>()),
    /** Copies entries out to a folder of this machine. */
    exportTo: base
      .input(z.object({ paths: z.array(path).min(1), at, folder: hostPath, replace: z.boolean().default(false) }))
      .output(
        steps<{
          readonly files: number
          readonly bytes: number
          readonly skipped: readonly { readonly path: string; readonly reason: string }[]
        }>(),
      ),
  },
  changes: {
    status: base.output(type<Status>()),
    /** Net changes from one moment to another, by path; `head` to `pending` is what is not committed yet. */
    list: base
      .input(z.object({ from: z.string().max(64).default('head'), to: z.string().max(64).default('pending'), ...page }))
      .output(type<ChangePage>()),
    /** Compares one entry at two moments; content comes through the byte plane. */
    diffEntry: base
      .input(z.object({ path, from: z.string().max(64).default('head'), to: z.string().max(64).default('pending') }))
      .output(type<EntryDiff>()),
    commit: base
      .input(z.object({ message: z.string().max(65_536), author: z.string().max(1_024).nullable().default(null) }))
      .output(steps<CommitOutcome>()),
    /** Drops the pending changes of these paths (all when empty) and what depends on them. */
    discard: base.input(z.object({ paths: z.array(path) })).output(type<{ readonly discarded: number }>()),
    /** Brings back what the last discard took, or what gave way to the last restore, replacement or deletion. */
    undo: base.output(type<UndoOutcome>()),
    /** Stages the way back to a moment: of one path, or of the whole pond when null. */
    restore: base.input(z.object({ path: path.nullable(), to: z.string().max(64) })).output(type<RestoreOutcome>()),
  },
  history: {
    log: base
      .input(
        z.object({
          path: path.nullable().default(null),
          before: z.int().nullable().default(null),
          limit: z.int().min(1).max(10_000).default(200),
        }),
      )
      .output(type<readonly LogEntry[]>()),
    /** The operations of a version; null: those that are pending. */
    show: base
      .input(z.object({ version: z.int().min(0).nullable(), ...page }))
      .output(type<{ readonly total: number; readonly operations: readonly OperationRecord[] }>()),
  },
  recipes: {
    /** Every recipe with what it reads and how far it is made. Nothing is computed. */
    list: base.input(z.object({ at })).output(type<readonly RecipeState[]>()),
    /** How a computed file is made; null for what is stored, and for a directory. Nothing is computed. */
    explain: base.input(z.object({ path, at })).output(type<{ readonly explanation: RecipeExplanation | null }>()),
    /** Computed files that differ between two moments, told by their keys. Nothing is computed. */
    changes: base.input(z.object({ from: at, to: at })).output(type<readonly ComputedChange[]>()),
    /** What recipes say that has to hold of their tables, looked at: of those at a path, above and below it. */
    check: base.input(z.object({ at, path: path.default('/') })).output(steps<readonly CheckResult[]>()),
    /** Stages what a computed file is now as a stored one, at another path or (null) in its own place. */
    freeze: base
      .input(z.object({ path, to: path.nullable().default(null) }))
      .output(steps<{ readonly path: string }>()),
    /** The factories with their fields, as an editor completes them. */
    schema: base.output(type<readonly RecipeFactory[]>()),
    /** The first of what a text would make at a moment, were it the recipe at a path. Nothing is staged. */
    preview: base.input(z.object({ path, at, text: z.string().max(1 << 21) })).output(type<RecipePreview>()),
  },
  queries: {
    /** Starts a statement and reports until it ends. Leaving the stream early does not cancel it: `cancel` does. */
    run: base
      .input(z.object({ sql: z.string().max(64 * 1024 * 1024), at: z.string().max(64).default('head') }))
      .output(eventIterator(type<QueryState>())),
    cancel: base.input(z.object({ queryId: id })).output(type<void>()),
    /** Sorted by these columns from now on (empty: as DuckDB gave them). Done when it resolves; pages change. */
    sort: base.input(z.object({ queryId: id, keys: z.array(sortKey) })).output(type<QueryState>()),
    /** Frees the result's rows. */
    close: base.input(z.object({ queryId: id })).output(type<void>()),
    /**
     * The rows of a query as a file that the byte plane serves, once all of them are there: those that were
     * read, with these columns (by their place, in order; all unless said), in the order of these keys.
     */
    export: base
      .input(
        z.object({
          queryId: id,
          format: z.enum(EXPORT_FORMATS),
          hostPath: hostPath.nullable().default(null),
          columns: z.array(z.int().min(0)).min(1).max(100_000).optional(),
          keys: z.array(sortKey).optional(),
          /** What it is of: a query or a table; the file is named after it and the moment. */
          name: z.string().max(255).optional(),
        }),
      )
      .output(steps<ExportedFile>()),
    catalog: base.output(type<readonly Relation[]>()),
    complete: base
      .input(
        z.object({ sql: z.string().max(1_000_000), position: z.int().min(0), at: z.string().max(64).default('head') }),
      )
      .output(type<readonly Completion[]>()),
  },
}

export type Contract = typeof contract
/** What the renderer and the command line call. */
export type Api = ContractRouterClient<Contract>
