/**
 * What all connections of one host process share: the ponds that are open, the user's configuration,
 * and what only the host itself can do. A pond is opened once, however many connections look at it,
 * and closed with the last of them.
 */
import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { HostCommand, HostEvent, HostInfo, PageWork } from '../../../shared/contract'
import { PondError } from '../../../shared/errors'
import type { World } from '../../platform'
import { mustBeOutsidePonds } from '../../platform/node'
import { createPond, openPond, type Pond } from '../../pond'
import { Config } from './config'
import { Session } from './session'
import type { Workspace } from './workspace'

export interface HubOptions {
  readonly kind: HostInfo['kind']
  readonly productVersion: string
  /** Absolute path of the pond to open at once; null for the welcome screen. */
  readonly startPond: string | null
  readonly configFolder: string
  /** The real world, rooted at a folder (absolute host path). */
  worldAt(folder: string): World | Promise<World>
  /** Keeps an unexpected error where its stack may be read, and returns the id of the report. */
  report(error: unknown): string
  /** Takes a line for the log: what a page did that it should not. */
  warn?(event: string, fields: Readonly<Record<string, unknown>>): void
  /** The system's own folder dialog, where there is one. Resolves to null when cancelled. */
  chooseFolder?(title: string): Promise<string | null>
  /** The commands the page has now, where the host has a menu. */
  showCommands?(session: Session, commands: readonly HostCommand[]): void
  /** The page was loaded because the process of the one before it ended. */
  readonly afterCrash?: boolean
  /** What is under way in a page, where the host can show it. */
  showWork?(session: Session, work: PageWork): void
  /** Whether the window may close although work was under way. */
  answerClose?(close: boolean): void
  /** The system's own file browser, where there is one. */
  showInFolder?(path: string): void
  /** A pond was opened, for the system's list of recent documents. */
  opened?(folder: string): void
}

/** A pond for as long as somebody holds it. */
export interface PondLease {
  readonly pond: Pond
  /** Absolute, links resolved. */
  readonly folder: string
  /** Idempotent. */
  release(): Promise<void>
}

interface Shared {
  readonly opening: Promise<Pond>
  holders: number
}

export class Hub {
  readonly options: HubOptions
  readonly config: Config
  readonly #ponds = new Map<string, Shared>()
  readonly #sessions = new Set<Session>()

  constructor(options: HubOptions) {
    this.options = options
    this.config = new Config(options.configFolder)
  }

  /** A new connection. Whoever made it closes it. */
  connect(): Session {
    const session: Session = new Session(this, () => this.#sessions.delete(session))
    this.#sessions.add(session)
    return session
  }

  /** Asks every page for something. */
  tell(event: HostEvent): void {
    for (const session of this.#sessions) session.events.push(event)
  }

  /** @throws what opening throws */
  open(folder: string): Promise<PondLease> {
    return this.#lease(folder, openPond)
  }

  /** @throws what creating throws */
  async create(folder: string): Promise<PondLease> {
    await mustBeOutsidePonds([], resolve(folder))
    return this.#lease(folder, createPond)
  }

  /** The open pond with this id, as any connection has it. @throws api.no-pond */
  workspace(pondId: string): Workspace {
    return this.#find(pondId, () => true)
  }

  hasPond(pondId: string): boolean {
    return [...this.#sessions].some(({ workspace }) => workspace?.pond.pondId === pondId)
  }

  /** The connection's end of a pond that has this import, run or export. @throws api.no-pond, api.not-found */
  owner(pondId: string, kind: 'imports' | 'runs' | 'exports', id: string): Workspace {
    this.workspace(pondId)
    return this.#find(pondId, (workspace) => workspace[kind].has(id))
  }

  #find(pondId: string, matches: (workspace: Workspace) => boolean): Workspace {
    let isOpen = false
    for (const { workspace } of this.#sessions) {
      if (workspace?.pond.pondId !== pondId) continue
      if (matches(workspace)) return workspace
      isOpen = true
    }
    if (isOpen)
      throw new PondError('api.not-found', 'expected an import, query or export of an open pond, found none of that id')
    throw new PondError('api.no-pond', 'expected the id of an open pond, found one that is not open here', { pondId })
  }

  /** Imports that have begun and are neither finished nor cancelled. */
  get unfinishedImports(): number {
    return [...this.#sessions].reduce((sum, { workspace }) => sum + (workspace?.imports.size ?? 0), 0)
  }

  /** Closes every connection and with them every pond. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.#sessions].map((session) => session.close()))
    const failed = closed.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  async #lease(path: string, enter: (world: World) => Promise<Pond>): Promise<PondLease> {
    const asked = resolve(path)
    const folder = await realpath(asked).catch(() => asked)
    let shared = this.#ponds.get(folder)
    if (shared === undefined) {
      shared = { opening: this.#enter(folder, enter), holders: 0 }
      this.#ponds.set(folder, shared)
    } else if (enter === createPond) {
      throw new PondError('steward.already-a-pond', `${folder} is a pond already, and open`, { path: folder })
    }
    const mine = shared
    mine.holders++
    const release = async (): Promise<void> => {
      if (--mine.holders > 0) return
      if (this.#ponds.get(folder) === mine) this.#ponds.delete(folder)
      await mine.opening.then((pond) => pond.close())
    }
    try {
      const pond = await mine.opening
      await this.#refuseCopy(pond, folder)
      let released: Promise<void> | undefined
      return { pond, folder, release: () => (released ??= release()) }
    } catch (error) {
      await release().catch(() => undefined)
      throw error
    }
  }

  async #enter(folder: string, enter: (world: World) => Promise<Pond>): Promise<Pond> {
    const world = await this.options.worldAt(folder)
    // A page looks into the first file soon: the process for it gets ready meanwhile.
    world.processes?.prepare('queries')
    return enter(world)
  }

  /** A copied pond keeps its id, and the byte plane names ponds by id: two at once would be mixed up. */
  async #refuseCopy(pond: Pond, folder: string): Promise<void> {
    for (const [path, { opening }] of this.#ponds) {
      const other = path === folder ? undefined : await opening.catch(() => undefined)
      if (other?.pondId !== pond.pondId) continue
      throw new PondError(
        'api.copy-open',
        `${folder} is a copy of the pond in ${path}, which is open: close that first`,
        {
          path: folder,
          other: path,
        },
      )
    }
  }
}
