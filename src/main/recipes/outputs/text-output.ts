/** Texts that recipes make of templates: one file, or a directory with one for each file that a pattern matches. */
import { PondError } from '../../../shared/errors'
import { checkName } from '../../../shared/path'
import type { ComputedEntry, FileReader, NodeId } from '../../tinyfs'
import type { Compute, MadeFile, Match, Read } from '../factories/compute'
import { fieldsOf } from '../factories/input'
import { text as sqlText } from '../factories/sql-text'
import { withCaptures, type Variables } from '../spec/expand'
import { AGGREGATES, type SpecOf } from '../spec/fields'
import { FEW_STEPS, type Render } from '../templates/rendering'
import { keyOf } from './key'
import { CODE_VERSIONS, Output, type Source } from './output'
import { placed } from './placed'

/** Rows of one query that a template may see. */
const MOST_ROWS = 100_000

export interface TextContext {
  readonly compute: Compute
  readonly render: Render
  readonly variables: Variables
  /** Of the same moment, known already; this one's is added. */
  readonly texts: Map<NodeId, TextPlan>
  readonly subPath?: string
}

/** What is known of a text without making it. */
export interface TextPlan {
  readonly key: string
  readonly source: string
  /** What the template sees of the recipe and of the match. */
  readonly visible: Variables
  readonly queries: Readonly<Record<string, string>>
  readonly reads: readonly Read[]
  readonly match: Match | undefined
  readonly matches: readonly Match[]
}

type TextSpec = SpecOf<'text'>

/** A directory with a text for each match. */
export class TextDirectory extends Output {
  readonly fileType = 'directory'
  readonly #spec: TextSpec
  readonly #context: TextContext

  constructor(source: Source, spec: TextSpec, context: TextContext) {
    super(source, context.subPath)
    this.#spec = spec
    this.#context = context
  }

  /** @throws recipes.bad-name */
  async entries(): Promise<readonly ComputedEntry[]> {
    return placed(this.source, () => this.#entries())
  }

  async #entries(): Promise<readonly ComputedEntry[]> {
    const { compute, render, variables, subPath = '' } = this.#context
    const { glob, exclude } = fieldsOf(this.#spec.input!)
    const matches = await compute.matches(glob, [exclude ?? []].flat())
    const names = await namesOf(this.path, this.#spec.name, matches, { render, variables })
    return matches.map((match, i): ComputedEntry => {
      const name = names[i]!
      const below = subPath === '' ? name : `${subPath}/${name}`
      const context = { ...this.#context, subPath: below }
      return { name, computed: new TextOutput(this.source, this.#spec, context, { match, matches }) }
    })
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { factory: 'text' }
  }
}

/** One text. */
export class TextOutput extends Output {
  readonly fileType = 'file:data'
  readonly #spec: TextSpec
  readonly #context: TextContext
  readonly #of: { readonly match: Match; readonly matches: readonly Match[] } | undefined

  constructor(
    source: Source,
    spec: TextSpec,
    context: TextContext,
    of?: { readonly match: Match; readonly matches: readonly Match[] },
  ) {
    super(source, context.subPath)
    this.#spec = spec
    this.#context = context
    this.#of = of
  }

  async open(_path?: string, signal?: AbortSignal): Promise<FileReader> {
    return (await this.made(signal)).open()
  }

  /** What it depends on, known without making it. @throws query.*, recipes.bad-template */
  async plan(): Promise<{ readonly key: string; readonly reads: readonly Read[] }> {
    const { key, reads } = await placed(this.source, () => this.#planned())
    const { template_file: file } = this.#spec
    const own: Read[] = []
    for (const path of [this.#of?.match.path, file])
      if (path !== undefined) own.push({ path, hash: await this.#context.compute.hashOf(path) })
    return { key, reads: [...own, ...reads] }
  }

  async #planned(): Promise<TextPlan> {
    const { texts } = this.#context
    const known = texts.get(this.id)
    if (known !== undefined) return known
    const plan = await this.#newPlan()
    texts.set(this.id, plan)
    return plan
  }

  async #newPlan(): Promise<TextPlan> {
    const { compute, variables } = this.#context
    const { template_file: file, template = '' } = this.#spec
    const source = file === undefined ? template : await compute.text(file)
    const { match, matches = [] } = this.#of ?? {}
    const visible = match === undefined ? variables : visibleOf(match, variables)
    const queries = await this.#queries(visible)
    const reads: Read[] = []
    const engines = new Set<string>()
    for (const sql of Object.values(queries)) {
      const { files, engineVersion } = await compute.reads(sql)
      reads.push(...files)
      engines.add(engineVersion)
    }
    const key = keyOf({
      factory: 'text',
      version: CODE_VERSIONS.text,
      source,
      visible,
      queries,
      engines: [...engines],
      reads,
      matches,
      hash: match && (await compute.hashOf(match.path)),
    })
    return { key, source, visible, queries, reads, match, matches }
  }

  /** @throws recipes.bad-template, query.* */
  async made(signal?: AbortSignal): Promise<MadeFile> {
    return placed(this.source, () => this.#made(signal))
  }

  async #made(signal: AbortSignal | undefined): Promise<MadeFile> {
    const { compute, render } = this.#context
    const { template_file: file } = this.#spec
    const { key, source, visible, queries, match, matches } = await this.#planned()
    const make = async (): Promise<Uint8Array> => {
      const data: Record<string, unknown> = {}
      for (const [name, sql] of Object.entries(queries)) data[name] = await compute.objects(sql, MOST_ROWS)
      const context = {
        ...visible,
        data,
        files: matches.map(({ path, captures }) => ({ path, c: captures })),
        ...(/\bschema\b/.test(source) && match !== undefined && { schema: await this.#schema(match.path) }),
      }
      const [rendered] = await render([{ template: source, context }])
      if ('text' in rendered!) return Buffer.from(rendered.text)
      throw badTemplate(this.path, file === undefined ? 'template' : 'template_file', rendered!)
    }
    return compute.bytes(key, make, signal)
  }

  async #queries(visible: Variables): Promise<Readonly<Record<string, string>>> {
    const named = Object.entries(this.#spec.data ?? {})
    const rendered = await this.#context.render(
      named.map(([, sql]) => ({
        template: this.#of === undefined ? sql : withCaptures(sql),
        context: visible,
        steps: FEW_STEPS,
      })),
    )
    return Object.fromEntries(
      named.map(([name], i) => {
        const result = rendered[i]!
        if ('text' in result) return [name, result.text]
        throw badTemplate(this.path, `data.${name}`, result)
      }),
    )
  }

  async #schema(path: string): Promise<{ readonly fields: readonly Readonly<Record<string, string | null>>[] }> {
    const columns = await this.#context.compute.columns(`SELECT * FROM ${sqlText(path)}`)
    return { fields: columns.map(({ name, type }) => ({ ...partsOf(name), column: name, type })) }
  }

  protected about(): Readonly<Record<string, unknown>> {
    return { factory: 'text' }
  }
}

/** Of a column such as `Silver.DO.mg/L.avg`: instrument, name, unit and aggregate, as far as it has them. */
function partsOf(column: string): Readonly<Record<string, string | null>> {
  const parts = column.split('.')
  const agg = parts.length > 1 && (AGGREGATES as readonly string[]).includes(parts.at(-1)!) ? parts.pop()! : null
  const instrument = parts.length > 2 ? parts.shift()! : null
  const [name = column, ...unit] = parts
  return { instrument, name, unit: unit.length === 0 ? null : unit.join('.'), agg }
}

/** A path that is no pattern captures nothing: in a directory of recipes it is called by what is gone through there. */
function visibleOf({ path, captures }: Match, variables: Variables): Variables {
  return { ...variables, ...((captures.length > 0 || !('c' in variables)) && { c: captures }), path }
}

/** One legal name for each match, no two of them alike. @throws recipes.bad-name */
export async function namesOf(
  path: string,
  template: string,
  matches: readonly Match[],
  { render, variables }: { readonly render: Render; readonly variables: Variables },
): Promise<readonly string[]> {
  const rendered = await render(
    matches.map((match) => ({
      template: withCaptures(template),
      context: visibleOf(match, variables),
      steps: FEW_STEPS,
    })),
  )
  const taken = new Map<string, string>()
  return rendered.map((result, i) => {
    const { path: of } = matches[i]!
    if (!('text' in result)) throw badTemplate(path, 'name', result)
    const name = result.text
    try {
      checkName(name)
    } catch (error) {
      throw badName(path, `${JSON.stringify(name)}, made of ${of}, is no name`, error)
    }
    const other = taken.get(name.normalize('NFC'))
    if (other !== undefined) throw badName(path, `${JSON.stringify(name)} is made of ${other} and of ${of}`)
    taken.set(name.normalize('NFC'), of)
    return name
  })
}

function badName(path: string, why: string, cause?: unknown): PondError {
  return new PondError('recipes.bad-name', `${path} cannot be listed: ${why}`, { path }, cause)
}

function badTemplate(
  path: string,
  what: string,
  { problem, line }: { readonly problem: string; readonly line?: number },
): PondError {
  const where = `${what}${line === undefined ? '' : `, line ${line} of it`}`
  return new PondError('recipes.bad-template', `${path} cannot be made: ${where}: ${problem}`, {
    path,
    field: what,
    ...(line !== undefined && { line }),
  })
}
