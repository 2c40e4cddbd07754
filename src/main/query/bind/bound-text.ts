/**
 * One SQL text bound to a moment of the pond: parsed, its names found, its statements written as they
 * will run, and what has to exist before they do. Nothing is opened yet that only the statement may see.
 */
import { bind } from './binding'
import type { Engine } from '../engine/engine'
import { stopIf } from '../engine/failure'
import type { MomentDatabase } from '../relations/moment-databases'
import { PondFiles } from '../files/pond-files'
import { mayReadContent } from '../sql/reads-content'
import { planRelations, possibleRelations, type RelationPlan } from '../relations/relations'
import type { Written } from '../sql/rewriting'
import type { ComputedRows, QuerySource } from '../source'
import { parseStatements, type Statement } from '../sql/statement'
import type { SqlView } from '../files/sql-views'
import { readingsOf } from '../text/readings'

export interface BindOptions {
  readonly signal?: AbortSignal | undefined
  /** Leave no version of a series out, whatever the WHERE says. */
  readonly wholeSeries?: boolean
}

export interface Ready extends Written {
  readonly statement: Statement
}

interface Plan {
  readonly moment: MomentDatabase
  readonly plan: RelationPlan
  /** Whether a statement names something at this moment. */
  readonly isUsed: boolean
  /** What is computed, where a statement asks about it. */
  readonly computedRows: ComputedRows | undefined
}

export interface BoundText {
  /** As the user wrote it. */
  readonly sql: string
  /** In their order; at least one. */
  readonly ready: readonly Ready[]
  /** Relations to make, moment by moment. */
  readonly plans: readonly Plan[]
  /** Views to make then, in this order. */
  readonly views: readonly SqlView[]
  /** Whether a statement may show the content of entries. */
  readonly wantsContent: boolean
  /** Whether versions of a series were left out because of a WHERE. */
  readonly hasSkipped: boolean
  /** What files of text are read from. Release it once nothing reads them any more. */
  readonly pondFiles: PondFiles
  /** Pond paths by host path. */
  readonly files: ReadonlyMap<string, string>
  /** Names of the table's data files by host path. */
  readonly dataFiles: ReadonlyMap<string, string>
}

/** @throws query.*, and what the source throws */
export async function bindText(
  engine: Engine,
  source: QuerySource,
  sql: string,
  { signal, wholeSeries = false }: BindOptions,
): Promise<BoundText> {
  const pondFiles = new PondFiles(readingsOf(engine), signal)
  try {
    return await boundText({ engine, source, sql, pondFiles }, { signal, wholeSeries })
  } catch (error) {
    pondFiles.release()
    throw error
  }
}

async function boundText(
  {
    engine,
    source,
    sql,
    pondFiles,
  }: { readonly engine: Engine; readonly source: QuerySource; readonly sql: string; readonly pondFiles: PondFiles },
  { signal, wholeSeries }: Required<Pick<BindOptions, 'wholeSeries'>> & Pick<BindOptions, 'signal'>,
): Promise<BoundText> {
  const parse = (text: string): Promise<readonly Statement[]> =>
    engine.parse((connection) => parseStatements(connection, text))
  const statements = await parse(sql)
  stopIf(signal)
  const parseComputed = (text: string): Promise<readonly Statement[]> => parsedBefore(engine, text, () => parse(text))
  const binding = await bind(source, sql, statements, { wholeSeries, files: pondFiles, parse: parseComputed })
  stopIf(signal)
  const now = binding.moments[0]!
  for (const { possible } of statements) for (const name of possibleRelations(possible.words)) now.relations.add(name)
  const isCatalogWanted = statements.some(({ references }) => references.catalog)
  const plans: Plan[] = []
  for (const moment of binding.moments) {
    const plan = planRelations(moment.relations, moment === now && isCatalogWanted)
    // To tell it may take queries of its own, while this one has no slot yet.
    const computedRows =
      plan.fill.has('recipes') || plan.fill.has('lineage') ? await moment.source.computed() : undefined
    plans.push({ moment, plan, isUsed: moment === now || plan.create.length > 0, computedRows })
  }
  const ready = await engine.parse(async (connection) => {
    const written: Ready[] = []
    for (const [index, statement] of statements.entries()) {
      written.push({ statement, ...(await binding.rewritings[index]!.write(connection)) })
    }
    return written
  })
  const files = binding.views.flatMap((view) => view.files.map(({ file, hostPath }) => [hostPath, file.path] as const))
  const dataFiles = plans
    .flatMap(({ moment, plan }) => (plan.fill.has('rows') ? moment.source.dataFiles : []))
    .map((hostPath) => [hostPath, `data${hostPath.slice(hostPath.lastIndexOf('/'))}`] as const)
  const { views, hasSkipped } = binding
  const wantsContent = statements.some(mayReadContent)
  return {
    sql,
    ready,
    plans,
    views,
    wantsContent,
    hasSkipped,
    files: new Map(files),
    dataFiles: new Map(dataFiles),
    pondFiles,
  }
}

/** Queries of computed tables, which come again and again. */
const parsed = new WeakMap<Engine, Map<string, Promise<readonly Statement[]>>>()
const KEPT_QUERIES = 256
/** What asks the clock means something else the next time. */
const CLOCK = /now|today|current_|transaction_timestamp|localtime/i

function parsedBefore(
  engine: Engine,
  text: string,
  parse: () => Promise<readonly Statement[]>,
): Promise<readonly Statement[]> {
  if (CLOCK.test(text)) return parse()
  const known = parsed.get(engine) ?? new Map<string, Promise<readonly Statement[]>>()
  parsed.set(engine, known)
  let statements = known.get(text)
  if (statements === undefined) {
    known.set(text, (statements = parse()))
    statements.catch(() => known.delete(text))
    if (known.size > KEPT_QUERIES) known.delete(known.keys().next().value!)
  }
  return statements
}
