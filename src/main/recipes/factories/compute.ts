/**
 * What recipes ask of whoever can read a pond with SQL, at one moment. Declared here, brought by the wiring, so that
 * this layer knows no engine.
 */

export interface Column {
  readonly name: string
  /** DuckDB's spelling. */
  readonly type: string
}

export interface Compute {
  /** Of what a query would give. Cheap: nothing is read but what says what there is. @throws query.* */
  columns(sql: string): Promise<readonly Column[]>
  /** A result of few rows, each value as text, null for NULL. @throws query.* */
  texts(sql: string): Promise<readonly (readonly (string | null)[])[]>
  /** The version that `at` means to whoever reads at this moment. @throws recipes.bad-spec beyond it */
  versionOf(at: string | number): Promise<number>
  /** Paths of the tables that a pattern matches, with its captures, ordered. */
  matches(glob: string, exclude: readonly string[]): Promise<readonly Match[]>
}

export interface Match {
  readonly path: string
  readonly captures: readonly string[]
}
