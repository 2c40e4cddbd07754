/** Recipes that somebody keeps outside, put where they belong: all of them, or none. */
import { PondError } from '../../../shared/errors'
import type { AppliedRecipe } from '../../../shared/model'
import {
  badSpec,
  readDocuments,
  unknownVariables,
  type RecipeDocument,
  type Render,
  type Variables,
} from '../../recipes'
import type { Moment, PreparedContent, Staged, StageOptions, StagingFileSystem } from '../../steward'

export interface RecipeText {
  /** What errors call it. */
  readonly name: string
  readonly text: string
}

/** @throws recipes.bad-spec at the first place of the first text that has one; for a path that two of them say */
export async function recipesIn(
  texts: readonly RecipeText[],
  given: Variables,
  render: Render,
): Promise<readonly RecipeDocument[]> {
  const all: RecipeDocument[] = []
  const known = new Set<string>()
  const places = new Map<string, string>()
  for (const { name, text } of texts) {
    const { documents, problems, variables } = await readDocuments(text, given, render)
    if (problems.length > 0) throw badSpec(name, problems)
    if (documents.length === 0) throw badSpec(name, [{ line: 1, column: 1, message: 'there is no recipe in it' }])
    for (const document of documents) {
      const other = places.get(document.path)
      if (other !== undefined)
        throw new PondError('recipes.bad-spec', `${name} and ${other} both say path ${document.path}`, { path: name })
      places.set(document.path, name)
      all.push(document)
    }
    for (const variable of variables) known.add(variable)
  }
  const unknown = unknownVariables(given, known)
  if (unknown.length > 0)
    throw new PondError('recipes.bad-spec', `no recipe has a variable ${unknown.join(', ')}`, { unknown })
  return all
}

/** What takes content in and stages it. */
interface Stager {
  prepare(chunks: Iterable<Uint8Array>, signal?: AbortSignal): Promise<PreparedContent>
  discardPrepared(content: PreparedContent): Promise<void>
  stage<T>(work: (fs: StagingFileSystem) => Promise<T>, options: StageOptions): Promise<Staged<T>>
}

/** What applying them does to each, and how: those that differ are staged in one act. */
export async function applying(
  moment: Moment,
  documents: readonly RecipeDocument[],
): Promise<{
  readonly recipes: readonly AppliedRecipe[]
  put(pond: Stager, options: StageOptions): Promise<Staged<void>>
}> {
  const recipes: AppliedRecipe[] = []
  for (const { path, text } of documents) {
    const isThere = await moment.fs.exists(path)
    const isSame = isThere && Buffer.from(await moment.fs.readAll(path)).equals(Buffer.from(text))
    recipes.push({ path, outcome: isSame ? 'unchanged' : isThere ? 'changed' : 'created' })
  }
  const differing = documents.filter((_, i) => recipes[i]!.outcome !== 'unchanged')
  return {
    recipes,
    put: async (pond, options) => {
      const contents: { readonly path: string; readonly content: PreparedContent }[] = []
      try {
        for (const { path, text } of differing)
          contents.push({ path, content: await pond.prepare([Buffer.from(text)], options.signal) })
        return await pond.stage(async (fs) => {
          for (const { path, content } of contents) await fs.put(path, content, { replace: true, parents: true })
        }, options)
      } finally {
        for (const { content } of contents) await pond.discardPrepared(content)
      }
    },
  }
}
