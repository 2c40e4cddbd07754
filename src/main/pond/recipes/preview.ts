/** The first of what a recipe would make: rows, characters or names, and what is wrong. */
import { mustGoOn } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type { RecipePreview, RecipeProblem, TablePreview } from '../../../shared/model'
import { baseName, type PondPath } from '../../../shared/path'
import type { RowStream } from '../../query'
import { FailedOutput, outputName, problemsOf, TableOutput, TextOutput, type Link, type Source } from '../../recipes'
import type { Moment } from '../../steward'
import type { ComputedNode } from '../../tinyfs'
import { firstRows } from './first-rows'

const MOST_ROWS = 100
const MOST_CHARACTERS = 64 * 1024
const MOST_NAMES = 200

export interface PreviewRequest {
  /** Where the text stands, or will. */
  readonly path: string
  readonly text: string
  readonly signal?: AbortSignal
}

interface PreviewContext {
  /** @param links what cannot be asked for */
  readonly stream: (sql: string, links: readonly Link[]) => Promise<RowStream>
  readonly signal: AbortSignal | undefined
}

/** The file at a path as the recipe that it is, or would be. */
export async function sourceAt({ fs }: Moment, path: PondPath): Promise<Source> {
  const name = outputName(baseName(path)) ?? baseName(path)
  const stored = (await fs.exists(path)) ? await fs.stat(path) : undefined
  if (stored !== undefined) return { id: stored.metadata.node.id, name, metadata: stored.metadata }
  const { metadata } = await fs.stat('/')
  // No node has this id: it is the id of what would be.
  return { id: `new ${path}`, name, metadata: { ...metadata, nodeVersion: 1 } }
}

/** Never throws for what a recipe says. */
export async function previewOf(node: ComputedNode | undefined, context: PreviewContext): Promise<RecipePreview> {
  if (node === undefined) return { isRecipe: false, made: null, problems: [] }
  try {
    if (node instanceof FailedOutput) throw node.error()
    return { isRecipe: true, made: await madeOf(node, context), problems: [] }
  } catch (error) {
    mustGoOn(context.signal)
    return { isRecipe: true, made: null, problems: problemsAt(error) }
  }
}

async function madeOf(node: ComputedNode, context: PreviewContext): Promise<RecipePreview['made']> {
  if (node.entries !== undefined) return namesOf(node)
  if (node instanceof TableOutput) return rowsOf(node, context)
  if (node instanceof TextOutput) return charactersOf(node, context)
  // What is made of itself says so.
  await node.open?.(undefined, context.signal)
  return null
}

async function rowsOf(node: TableOutput, { stream }: PreviewContext): Promise<RecipePreview['made']> {
  const { sql } = await node.plan()
  const link = { id: node.id, name: node.path }
  const { columns, rows } = await firstRows(await stream(`SELECT * FROM (\n${sql}\n) LIMIT ${MOST_ROWS + 1}`, [link]))
  const preview: TablePreview = { columns, rows: rows.slice(0, MOST_ROWS) }
  return { kind: 'table', preview, isWhole: rows.length <= MOST_ROWS }
}

async function charactersOf(node: TextOutput, { signal }: PreviewContext): Promise<RecipePreview['made']> {
  const reader = await node.open(undefined, signal)
  try {
    const bytes = await reader.read(0, Math.min(reader.size, MOST_CHARACTERS))
    const text = new TextDecoder().decode(bytes, { stream: bytes.length < reader.size })
    return { kind: 'text', text, isWhole: bytes.length === reader.size }
  } finally {
    await reader.close()
  }
}

type Names = Extract<RecipePreview['made'], { kind: 'directory' }>

async function namesOf(node: ComputedNode): Promise<Names> {
  const entries: Names['entries'][number][] = []
  let isWhole = true
  const walk = async (directory: ComputedNode, above: string): Promise<void> => {
    for (const { name, computed } of (await directory.entries?.()) ?? []) {
      if (entries.length >= MOST_NAMES) {
        isWhole = false
        return
      }
      entries.push({ path: above + name, fileType: computed.fileType })
      if (computed.entries !== undefined) await walk(computed, `${above + name}/`)
    }
  }
  await walk(node, '')
  return { kind: 'directory', entries, isWhole }
}

function problemsAt(error: unknown): readonly RecipeProblem[] {
  if (error instanceof PondError && error.code !== 'internal') return problemsOf(error)
  throw error
}
