/** What checking and cleaning up a pond found. */

export interface Problem {
  readonly file: string
  readonly kind: string
  readonly message: string
}

export interface VerifyReport {
  readonly ok: boolean
  readonly checked: {
    readonly dataFiles: number
    readonly rows: number
    readonly blobs: number
    readonly bytes: number
  }
  /** Damage; each names a file in the pond's folder. */
  readonly problems: readonly Problem[]
  /** Remarkable, and no damage: files that nothing names, a hint that is late, another program's checkpoint. */
  readonly notes: readonly Problem[]
}

/** What a clean-up removed, or would remove: paths in the pond's folder. */
export interface GarbageReport {
  readonly removed: readonly RemovedFile[]
  /** Of all that was removed. */
  readonly bytes: number
  /** Large files of DuckPond 0.1 that were brought to where other engines do not clean up. */
  readonly moved: { readonly files: number; readonly bytes: number }
}

export interface RemovedFile {
  readonly file: string
  readonly bytes: number
  readonly kind: 'blob' | 'data-file' | 'temporary' | 'journal' | 'cache'
}
