/** The examples that help shows, and the folder in which they are promised to run. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VERBS } from '../verbs'

export interface Example {
  readonly verb: string
  readonly line: string
  /** Whether it takes a shell to run it: pipes, lists, substitution. */
  readonly isShell: boolean
}

export const EXAMPLES: readonly Example[] = VERBS.flatMap(({ name, example }) =>
  example.map((line) => ({ verb: name, line, isShell: /[|&]|\$\(/.test(line) })),
)

/** Ponds of the sample, one for each example, with the files of this machine that examples name. */
export class SamplePonds {
  readonly #folder = mkdtempSync(join(tmpdir(), 'duckpond-examples-'))
  #made = 0

  /** To be filled once with `pond init --sample`. */
  readonly original = join(this.#folder, 'original')

  fresh(): string {
    const folder = join(this.#folder, String(this.#made++))
    cpSync(this.original, folder, { recursive: true })
    mkdirSync(join(folder, 'raw', '2026'), { recursive: true })
    writeFileSync(join(folder, 'raw', '2026', 'a.csv'), 'n\n1\n')
    writeFileSync(join(folder, 'may.csv'), 'timestamp,flow\n2026-05-01,1.5\n2026-05-02,2.5\n')
    writeFileSync(join(folder, 'june.csv'), 'at,flow\n2026-06-01,1.5\n')
    writeFileSync(
      join(folder, 'recipes.yaml'),
      "path: /made\nrecipe: sql\nvars: { station: lower }\nquery: FROM '/river/{{ station }}.series'\n",
    )
    return folder
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
