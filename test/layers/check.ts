/**
 * Applies the import table to source files and says, per violation, which rule it breaks and how to
 * put it right. Pure: it is given files as text, so that a test can plant violations.
 */
import { posix } from 'node:path'
import { importsOf, type NamedImport } from './imports'
import { HOUSES } from './rooms'
import { FEATURES, featureZone, TYPES_ONLY_IN_PAGE, ZONES, type Zone } from './table'

export interface SourceFile {
  /** Path under the checkout, `/`-separated: `src/main/oplog/log.ts`. */
  readonly path: string
  readonly text: string
}

/** A source with what it imports, which is read once for all rules. */
interface ParsedFile extends SourceFile {
  readonly imports: readonly NamedImport[]
}

export type Rule =
  'direction' | 'entry' | 'room' | 'circle' | 'package' | 'types-only' | 'no-zone' | 'extension' | 'length'

export interface Violation {
  readonly rule: Rule
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Lines that a file may have without saying why it has more. */
export const MOST_LINES = 350
const REASON = 'Longer than 350 lines because '

/** All violations in files under `src/`; other files are ignored. */
export function checkLayers(files: readonly SourceFile[]): Violation[] {
  const all = files.filter(({ path }) => path.startsWith('src/'))
  const sources = all
    .filter(({ path }) => /\.tsx?$/.test(path))
    .map((file) => ({ ...file, imports: importsOf(file.path, file.text) }))
  return [...all.flatMap(tooLong), ...sources.flatMap(checkFile), ...circles(sources)]
}

/** A file is about one noun. One that has to be long says so in its header: the comment that it begins with. */
function tooLong({ path, text }: SourceFile): Violation[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const [header = ''] = /^\/\*[^]*?\*\//.exec(text) ?? []
  if (lines <= MOST_LINES || header.replaceAll(/\s*\n \*\s*/g, ' ').includes(REASON)) return []
  const message = `${lines} lines: split it by its nouns, or say in its header "${REASON}..."`
  return [{ rule: 'length', file: path, line: MOST_LINES + 1, message }]
}

/** Files that load each other, one violation for each set of them. */
function circles(files: readonly ParsedFile[]): Violation[] {
  const paths = new Set(files.map(({ path }) => path))
  const loads = new Map(files.filter(({ path }) => !isTest(path)).map((file) => [file.path, loadedBy(file, paths)]))
  return stronglyConnected(loads).map((circle) => {
    const [file = ''] = circle.sort()
    return { rule: 'circle', file, line: 1, message: `these files load each other: ${circle.join(', ')}` }
  })
}

function loadedBy({ path, imports }: ParsedFile, paths: ReadonlySet<string>): string[] {
  return imports.flatMap(({ specifier, typeOnly, later }) => {
    if (typeOnly || later || !specifier.startsWith('.')) return []
    const target = posix.join(posix.dirname(path), specifier)
    const found = ['.ts', '.tsx', '/index.ts'].map((end) => target + end).find((candidate) => paths.has(candidate))
    return found ?? []
  })
}

/** Tarjan's algorithm: the sets of more than one node in which each reaches each. */
function stronglyConnected(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = []
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const visit = (node: string): void => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) found.push(circle)
  }
  for (const node of edges.keys()) if (!index.has(node)) visit(node)
  return found
}

function checkFile(file: ParsedFile): Violation[] {
  const zone = zoneOf(file.path)
  if (zone === undefined) {
    return file.path.endsWith('.d.ts') || isTest(file.path)
      ? []
      : [{ rule: 'no-zone', file: file.path, line: 1, message: `${file.path} belongs to no layer: move it into one` }]
  }
  return file.imports.flatMap((named) => {
    const problem = named.specifier.startsWith('.') ? relative(file, zone, named) : external(file, zone, named)
    return problem === undefined ? [] : [{ ...problem, file: file.path, line: named.line }]
  })
}

type Problem = Pick<Violation, 'rule' | 'message'> | undefined

function external(file: SourceFile, zone: Zone, { specifier }: NamedImport): Problem {
  const banned = zone.bans.find(
    (ban) => specifier === ban || specifier.startsWith(ban.endsWith('/') || ban.endsWith(':') ? ban : `${ban}/`),
  )
  if (banned === undefined || isTest(file.path)) return undefined
  return { rule: 'package', message: `${zone.name} may not use ${specifier}` }
}

function relative(file: SourceFile, zone: Zone, { specifier, typeOnly }: NamedImport): Problem {
  const target = posix.join(posix.dirname(file.path), specifier)
  if (/\.[cm]?[jt]sx?$/.test(target)) {
    return { rule: 'extension', message: `write ${specifier} without its extension` }
  }
  const bare = target.replace(/\/index$/, '')
  if (inPage(file.path) && TYPES_ONLY_IN_PAGE.includes(bare) && !typeOnly) {
    return { rule: 'types-only', message: `${specifier} may be imported as a type only here: write \`import type\`` }
  }
  const to = zoneOf(target) ?? zoneOf(`${target}/index.ts`)
  if (to === undefined) {
    // Package data and assets outside src (package.json, resources/) are nobody's layer.
    if (!target.startsWith('src/')) return undefined
    return { rule: 'no-zone', message: `${specifier} leads to ${target}, which belongs to no layer` }
  }
  // What is a layer of its own below another (platform/node, recipes/templates) is a part of it, and a room where it has rooms.
  const whole = [zone, to].find(({ name }) => [zone, to].every((each) => isWithin(each, name)))
  const rooms = whole === undefined || typeOnly || isTest(file.path) ? undefined : betweenRooms(whole, file.path, bare)
  if (rooms !== undefined || isWithin(zone, to.name)) return rooms
  if (!mayImport(zone, to, file.path)) {
    const known = zone.mayImport.length === 0 ? 'nothing but itself' : `only ${zone.mayImport.join(', ')}`
    return { rule: 'direction', message: `${zone.name} may not import ${to.name}: it knows ${known}` }
  }
  if (to.entry === 'index' && bare !== to.at && !isTest(file.path)) {
    return { rule: 'entry', message: `${to.name} is entered by its index: ${specifier} reaches past it into ${target}` }
  }
  return undefined
}

const isWithin = ({ name }: Zone, layer: string): boolean => name === layer || name.startsWith(`${layer}/`)

function betweenRooms(zone: Zone, file: string, target: string): Problem {
  const house = HOUSES[zone.name]
  if (house === undefined) return undefined
  const from = roomOf(zone, file)
  const to = roomOf(zone, target)
  // What stands beside the rooms is above them all, but for what is named as below.
  if (from === undefined || from === to) return undefined
  const known = house.rooms[from]
  if (known === undefined) return { rule: 'room', message: `${from} is no room of ${zone.name}: name it in rooms.ts` }
  if (to === undefined) {
    if (house.below.includes(target.slice(zone.at.length + 1))) return undefined
    return { rule: 'room', message: `${zone.name}/${from} may not import ${target}, which stands above the rooms` }
  }
  if (known.includes(to)) return undefined
  const others = known.length === 0 ? 'no other room' : `only ${known.join(', ')}`
  return { rule: 'room', message: `${zone.name}/${from} may not import ${zone.name}/${to}: it knows ${others}` }
}

/** The folder of a layer that a file is in; undefined beside the rooms. */
function roomOf(zone: Zone, path: string): string | undefined {
  const [room, ...rest] = path.slice(zone.at.length + 1).split('/')
  return rest.length === 0 ? undefined : room
}

/** A test stands where its subject does, but chooses the adapters that a host would choose. */
function mayImport(from: Zone, to: Zone, file: string): boolean {
  if (from.mayImport.includes(to.name)) return true
  if (to.name.startsWith('features/')) return from.mayImport.includes('feature')
  return isTest(file) && to.name.startsWith('platform') && from.at.startsWith('src/main/')
}

export function zoneOf(path: string): Zone | undefined {
  if (path.startsWith(`${FEATURES}/`)) {
    const feature = path.slice(FEATURES.length + 1).split('/')[0]!
    return featureZone(feature.replace(/\.tsx?$/, ''))
  }
  const bare = path.replace(/(\.d|\.test)?\.[cm]?[jt]sx?$/, '')
  return ZONES.find(({ at }) => bare === at || bare.startsWith(`${at}/`))
}

const inPage = (path: string): boolean => path.startsWith('src/renderer/') || path.startsWith('src/preload/')
/** Tests and what only tests use (conformance suites, builders) may reach past an index. */
const isTest = (path: string): boolean => /\.test\.tsx?$|\/testing\//.test(path)
