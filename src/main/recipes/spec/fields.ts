/**
 * The fields of every factory, as one table of zod schemas: what is checked, completed in the editor and
 * described in docs/recipes.md. Shapes only; what depends on the pond is checked when it is looked at.
 */
import { z } from 'zod'
import { readDuration } from './durations'
import { readOrigin, Zone } from '../../../shared/zones'

const name = z.string().min(1)
const duration = z.string().refine((text) => readDuration(text) !== undefined, {
  params: { expected: 'a length of time such as 15m, 1h or 1d' },
  message: 'this is no length of time',
})
/** From the shortest on, each is made of whole ones of those before. */
function isNested(lengths: readonly string[]): boolean {
  const micros = lengths.map((length) => readDuration(length)?.micros ?? 0).sort((a, b) => a - b)
  return micros.every((length, i) => i === 0 || (length > micros[i - 1]! && length % micros[i - 1]! === 0))
}

const columns = z.union([name, z.array(name).min(1)])
const rename = z.union([
  z.strictObject({ from: name, to: name.optional(), cast: name.optional() }),
  z.strictObject({ match: name, to: name }),
])

const plain = z.union([z.string(), z.number(), z.boolean()])
const option = z.union([plain, z.array(plain), z.record(z.string(), z.string())])

/** Those that have a function in SQL, and options. */
export const INPUT_FORMATS = ['csv', 'json', 'jsonl', 'parquet'] as const

const inputShape = {
  glob: name,
  exclude: columns.optional(),
  format: z.enum(INPUT_FORMATS).optional(),
  options: z.record(z.string().regex(/^[A-Za-z_]+$/), option).optional(),
  from: name.optional(),
  to: name.optional(),
  columns: columns.optional(),
  rename: z.array(rename).optional(),
  at: z.union([name, z.number().int().nonnegative()]).optional(),
}
/** What the fields of an input need of each other. */
function isWhole({ format, options, at }: { format?: unknown; options?: unknown; at?: unknown }): boolean {
  return format === undefined ? options === undefined : at === undefined
}
const NOT_WHOLE = {
  path: ['format'],
  message: 'format is wrong here',
  params: { expected: 'a format where there are options, and none where there is an at' },
}

const fields = z.strictObject(inputShape).refine(isWhole, NOT_WHOLE)
export const input = z.union([name, fields])
/** Of a query: without a file it may be an input without rows. */
const queryInput = z.union([
  name,
  z.strictObject({ ...inputShape, optional: z.boolean().optional() }).refine(isWhole, NOT_WHOLE),
])

export const vars = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([z.string(), z.number(), z.boolean()]))

const common = {
  description: z.string().optional(),
  vars: vars.optional(),
}

const severity = z.enum(['error', 'warn']).default('error')
const bound = z.union([z.number(), name])

/** What has to hold of a table. */
export const check = z.union([
  z.strictObject({ not_null: columns, severity }),
  z.strictObject({ unique: columns, severity }),
  z
    .strictObject({ range: name, min: bound.optional(), max: bound.optional(), severity })
    .refine(({ min, max }) => min !== undefined || max !== undefined, {
      path: ['min'],
      message: 'min is missing',
      params: { expected: 'min, max or both' },
    }),
  z.strictObject({ fresh: duration, time: name.optional(), severity }),
  z.strictObject({ sql: name, severity }),
])

const ofTables = { ...common, checks: z.array(check).optional() }

const component = z.strictObject({
  type: z.enum(['sine', 'triangle', 'square', 'line']),
  amplitude: z.number().default(1),
  period: duration.optional(),
  offset: z.number().default(0),
  phase: z.number().default(0),
  slope: z.number().default(0),
})

export const AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'stddev'] as const

export const FACTORIES = {
  sql: z
    .strictObject({
      recipe: z.literal('sql'),
      ...ofTables,
      inputs: z.record(name, queryInput).optional(),
      query: name.optional(),
      series: name.optional(),
    })
    .refine(({ inputs = {}, query }) => query !== undefined || Object.keys(inputs).length === 1, {
      path: ['query'],
      message: 'query is missing',
      params: { expected: 'a query, or one input' },
    })
    .superRefine(({ inputs = {}, series }, context) => {
      if (series !== undefined) return
      const params = { expected: 'no range, or series: the time column that it is about' }
      for (const [alias, one] of Object.entries(inputs))
        for (const field of ['from', 'to'] as const)
          if (typeof one !== 'string' && one[field] !== undefined)
            context.addIssue({ code: 'custom', path: ['inputs', alias, field], message: 'a range of what?', params })
    }),
  join: z.strictObject({
    recipe: z.literal('join'),
    ...ofTables,
    inputs: z.array(z.strictObject({ ...inputShape, scope: name }).refine(isWhole, NOT_WHOLE)).min(1),
    time: name.default('timestamp'),
    kind: z.enum(['full', 'left']).default('full'),
  }),
  pivot: z.strictObject({
    recipe: z.literal('pivot'),
    ...ofTables,
    input,
    columns,
    time: name.default('timestamp'),
  }),
  reduce: z
    .strictObject({
      recipe: z.literal('reduce'),
      ...ofTables,
      input,
      name: name.default('$0'),
      time: name.default('timestamp'),
      every: z
        .array(duration)
        .min(1)
        .refine(isNested, {
          message: 'these do not divide',
          params: { expected: 'lengths of which each is a multiple of the one before, such as 15m, 1h, 1d' },
        }),
      origin: name.default('epoch'),
      zone: name.default('UTC').refine((zone) => Zone.of(zone) !== undefined, {
        message: 'this is no time zone',
        params: { expected: 'a time zone such as Europe/Berlin or UTC' },
      }),
      values: z.array(z.strictObject({ fn: z.enum(AGGREGATES), columns: columns.default('*') })).min(1),
    })
    .superRefine(({ origin, zone }, context) => {
      const known = Zone.of(zone)
      if (known === undefined || readOrigin(origin, known) !== undefined) return
      const skipped = readOrigin(origin, Zone.of('UTC')!) !== undefined
      const expected = skipped
        ? `a time that the clock of ${zone} shows: it leaves this one out`
        : 'a time such as 2026-01-05 or 2026-01-05 06:00, or epoch'
      context.addIssue({ code: 'custom', path: ['origin'], message: 'this is no time', params: { expected } })
    }),
  text: z
    .strictObject({
      recipe: z.literal('text'),
      ...common,
      // It tells which texts there are: what they show of it is asked for by `data`.
      input: z.union([name, z.strictObject({ glob: name, exclude: columns.optional() })]).optional(),
      name: name.default('$0.md'),
      template: z.string().optional(),
      template_file: name.optional(),
      data: z.record(z.string().regex(/^[A-Za-z_]\w*$/), name).optional(),
    })
    .refine(({ template, template_file }) => (template === undefined) !== (template_file === undefined), {
      path: ['template'],
      message: 'template is missing',
      params: { expected: 'either template or template_file' },
    }),
  directory: z.strictObject({
    recipe: z.literal('directory'),
    ...common,
    entries: z.array(z.looseObject({ name, recipe: name })).min(1),
    for_each: z.union([name, z.array(z.union([z.string(), z.number()])).min(1)]).optional(),
  }),
  synthetic: z
    .strictObject({
      recipe: z.literal('synthetic'),
      ...ofTables,
      start: name,
      end: name,
      interval: duration,
      points: z.array(z.strictObject({ name, components: z.array(component).min(1) })).min(1),
    })
    .superRefine(({ start, end, points }, context) => {
      const issue = (path: (string | number)[], message: string, expected: string): unknown =>
        context.addIssue({ code: 'custom', path, message, params: { expected } })
      const times = [start, end].map((text) => (text === 'epoch' ? undefined : readOrigin(text, Zone.of('UTC')!)))
      for (const [i, field] of ['start', 'end'].entries())
        if (times[i] === undefined) issue([field], 'this is no time', 'a time such as 2026-01-05 or 2026-01-05 06:00')
      if (times[0]! > times[1]!) issue(['end'], 'it ends before it starts', `a time not before ${start}`)
      const taken = new Set(['timestamp'])
      for (const [i, { name: column }] of points.entries()) {
        if (taken.has(column.toLowerCase()))
          issue(
            ['points', i, 'name'],
            'two columns of one name',
            'names that differ by more than case, and from timestamp',
          )
        taken.add(column.toLowerCase())
      }
    }),
} as const

export type Factory = keyof typeof FACTORIES
export type SpecOf<F extends Factory> = z.infer<(typeof FACTORIES)[F]>
export type Spec = { [F in Factory]: SpecOf<F> }[Factory]
export type Check = z.infer<typeof check>
export type Input = z.infer<typeof input>
export type InputFields = z.infer<typeof fields>
export type QueryInput = z.infer<typeof queryInput>
