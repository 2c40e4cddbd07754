/** Finds the moment that somebody names, and keeps the views of a few past versions with what they have read. */
import type { At, Change, ChangeCounts, ResolvedAt, Version } from '../../../shared/model'
import { fromIsoTime } from '../../../shared/time'
import { ComputedBackend, ComputedWriteBackend, type Maker, type WriteBackend } from '../../tinyfs'
import { changesOf, countChanges, differences, View, type Overlay } from '../../tlogfs'
import { parsedAt, resolveAt, type ParsedAt } from './at'
import type { History } from './history'
import type { PondStore } from '../state/pond-store'
import { Moment } from './moment'
import type { State } from '../state/state'

/** Views of past versions that are kept. */
const KEPT_VIEWS = 8

/** What computes entries beside stored ones at a moment; the wiring brings it. */
export type MakerAt = (at: ResolvedAt, backend: View | Overlay) => Maker

export class Moments {
  readonly #store: PondStore
  readonly #history: History
  readonly #views = new Map<Version, View>()
  readonly #makerAt: MakerAt | undefined
  readonly #computed = new WeakMap<View | Overlay, ComputedBackend>()

  constructor(store: PondStore, history: History, makerAt?: MakerAt) {
    this.#store = store
    this.#history = history
    this.#makerAt = makerAt
  }

  /** @throws steward.bad-time, steward.unknown-version, steward.corrupt-config; at `pending`, why it cannot be read */
  async at(at: At | ParsedAt): Promise<Moment> {
    // What is no moment at all is refused before the disk is asked.
    const parsed = parsedAt(at)
    const state = await this.#store.state()
    const resolved = await this.resolve(parsed, state)
    if (resolved.kind === 'version') return this.of(resolved, this.view(state, resolved.version))
    if (state.problem !== null) throw state.problem
    return this.of(resolved, state.overlay)
  }

  /** A moment that is known already. */
  async of(at: ResolvedAt, backend: View | Overlay): Promise<Moment> {
    return new Moment(at, backend, { views: await this.#store.views(), computed: this.#computedOver(at, backend) })
  }

  /** What is being staged, with what it makes. Changes go to what is stored. @param overlay of the staging */
  writable(staging: WriteBackend, overlay: Overlay): WriteBackend {
    if (this.#makerAt === undefined) return staging
    return new ComputedWriteBackend(staging, this.#makerAt({ kind: 'pending', version: overlay.base.version }, overlay))
  }

  #computedOver(at: ResolvedAt, backend: View | Overlay): ComputedBackend | undefined {
    if (this.#makerAt === undefined) return undefined
    let computed = this.#computed.get(backend)
    if (computed === undefined)
      this.#computed.set(backend, (computed = new ComputedBackend(backend, this.#makerAt(at, backend))))
    return computed
  }

  /** Net changes by path from one moment to another. */
  async diff(
    from: At | ParsedAt,
    to: At | ParsedAt,
  ): Promise<{ from: ResolvedAt; to: ResolvedAt; changes: readonly Change[]; counts: ChangeCounts }> {
    const [a, b] = [await this.at(from), await this.at(to)]
    const changes = await changesOf(await differences(a.backend, b.backend), this.#store.pace)
    return { from: a.at, to: b.at, changes, counts: countChanges(changes) }
  }

  forget(): void {
    this.#views.clear()
  }

  resolve(at: At | ParsedAt, { snapshot }: State): Promise<ResolvedAt> {
    return resolveAt(parsedAt(at), {
      head: snapshot.pondVersion,
      createdAt: fromIsoTime(this.#store.pondFile.createdAt),
      committedAt: async (version) => (await this.#history.transaction(snapshot, version)).committedAt,
    })
  }

  view(state: State, version: Version): View {
    if (version === state.snapshot.pondVersion) return state.head
    const known = this.#views.get(version)
    if (known !== undefined && known.snapshot === state.snapshot) return known
    // A commit adds rows of later versions, and leaves what was read of this one as it is.
    const view = known?.on(state.snapshot) ?? new View(state.snapshot, version, this.#store)
    this.#views.delete(version)
    this.#views.set(version, view)
    const oldest = this.#views.keys().next().value
    if (this.#views.size > KEPT_VIEWS && oldest !== undefined) this.#views.delete(oldest)
    return view
  }
}
