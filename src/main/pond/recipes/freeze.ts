/** Storing what a computed file is now, so that it stays what it is whatever becomes of its recipe and inputs. */
import { PondError } from '../../../shared/errors'
import { parsePath, quote } from '../../../shared/path'
import type { Moment, PreparedContent, StagingFileSystem } from '../../steward'
import type { RecipeExplanation } from '../../../shared/model'

/** The attribute that tells what a stored file was computed of. Drawn in docs/formats.md. */
export const DERIVED_FROM = 'derivedFrom'

export interface FreezeParts {
  readonly moment: Moment
  readonly explain: (path: string) => Promise<RecipeExplanation | null>
  readonly prepare: (chunks: AsyncIterable<Uint8Array>) => Promise<PreparedContent>
}

/**
 * Makes a computed file and takes its content in. What is returned stages it, there or at another path; whoever does not
 * stage it gives `content` up.
 * @throws recipes.*, query.*, tinyfs.not-found
 */
export async function frozen(
  { moment, explain, prepare }: FreezeParts,
  path: string,
): Promise<{ readonly content: PreparedContent; stage(fs: StagingFileSystem, to: string): Promise<string> }> {
  const place = parsePath(path)
  const { recipe, fileType } = await moment.entry(place)
  const explanation = await explain(place)
  if (explanation === null || recipe === undefined) throw notComputed(path, recipe?.path)
  const { nodeVersion } = await moment.entry(recipe.path)
  const reader = await moment.fs.open(place)
  let content: PreparedContent
  try {
    content = await prepare(reader.chunks())
  } finally {
    await reader.close()
  }
  const derivedFrom = { recipe: `${recipe.path}@${nodeVersion}`, key: explanation.key, inputs: explanation.inputs }
  return {
    content,
    stage: (fs, to) =>
      fs.put(to, content, {
        // A series is frozen as one table: its parts are the recipe's to make.
        overComputed: to === place,
        fileType: fileType === 'file:data' ? 'file:data' : 'file:table',
        attributes: { [DERIVED_FROM]: derivedFrom },
      }),
  }
}

/** The error that says that nothing computes what is at a path, or that it is a directory. */
export function notComputed(path: string, recipe: string | undefined): PondError {
  const message =
    recipe === undefined
      ? `${quote(path)} is stored, not computed`
      : `${quote(path)} is a directory that ${quote(recipe)} makes: name a file in it`
  return new PondError('recipes.not-computed', message, { path })
}
