/**
 * Carries an import out: asks about files in the way, sends the batches, and stages everything at
 * once. Cancelling at any point before the last step leaves nothing behind.
 */
import { importUrl } from '../../../../shared/bytes'
import { baseName } from '../../../../shared/path'
import type { StagedImport } from '../../../../shared/contract'
import type { Progress } from '../../../../shared/model'
import { followSteps, runCommand, runTask, useSession, type Connection, type TaskHandle } from '../../../session'
import { displayName, formatCount, notifyDone, withFieldNames } from '../../../ui'
import { tellFailure } from '../actions'
import { revealInTree, showDialog, type ConflictAnswer } from '../state'
import { batches, bodyOf, planImport, type Gathered, type ImportItem, type ImportPlan } from './plan'

type OnExisting = ConflictAnswer | 'refuse'

export interface ImportContext {
  readonly connection: Connection
  readonly pondId: string
  /** Where it goes, a directory of the pond. */
  readonly directory: string
}

export interface ImportSource {
  /** Absolute paths of files and folders of this machine, which the host reads itself. */
  readonly hostPaths: readonly string[]
  /** Collects what must be sent instead; it is called once, within the running task. */
  readonly gather: (task: TaskHandle) => Promise<readonly Gathered[]>
}

export async function importFiles(context: ImportContext, { hostPaths, gather }: ImportSource): Promise<void> {
  let landed: readonly string[] = []
  const staged = await importing(context, async (task, importId) => {
    const { connection, pondId, directory } = context
    const { api } = connection
    const draft = planImport(directory, await gather(task))
    const read =
      hostPaths.length === 0
        ? { files: 0, bytes: 0, paths: [] }
        : await followSteps(
            await api.files.importHostPaths(
              { importId, destination: directory, hostPaths: [...hostPaths] },
              { signal: task.signal },
            ),
            task.progress,
          )
    if (draft.items.length === 0 && hostPaths.length === 0) return null
    const sent = draft.items.filter((item) => item.file !== null).map((item) => item.path)
    const conflicts = await api.files.existing({ paths: [...read.paths, ...sent] }, { signal: task.signal })
    const answer = await askAbout({
      ...draft,
      files: draft.files + read.files,
      bytes: draft.bytes + read.bytes,
      conflicts,
    })
    if (answer === null) return null
    const taken = new Set(conflicts.map((c) => c.path))
    const items = answer === 'skip' ? draft.items.filter((item) => !taken.has(item.path)) : draft.items
    const far = progressOf(items)
    for (const batch of batches(items)) {
      const body = bodyOf(batch)
      await connection.upload(importUrl(pondId, importId), body, {
        signal: task.signal,
        onProgress: (bytes, total) => task.progress(far.within(batch, total === 0 ? 1 : bytes / total)),
      })
      far.sent(batch)
    }
    // Beside a taken name it has another one, which nobody has told.
    landed = [...read.paths, ...sent].filter((path) => answer !== 'keep-both' || !taken.has(path))
    return answer
  })
  if (staged) await offerReading(context.connection, landed)
}

/** More files than these are not looked into: whoever imports a folder opens what is of interest. */
const MOST_LOOKED_INTO = 8
const READ_BY_RULES = /\.((csv|tsv|tab|psv|json|geojson|jsonl|ndjson)(\.(gz|gzip|zst|zstd))?|xls[xm])$/i

/** Of text or a workbook that is no table as it is, or of which something is remarkable: says so, and opens how it is read. */
async function offerReading({ api }: Connection, paths: readonly string[]): Promise<void> {
  const texts = paths.filter((path) => READ_BY_RULES.test(path))
  if (texts.length > MOST_LOOKED_INTO) return
  for (const path of texts) {
    // What cannot be described is told where it is opened.
    const found = await api.files.describe({ path }).catch(() => null)
    const notes = found?.reading?.notes ?? []
    // Of every workbook it is said which row names the columns.
    const others = found?.reading?.sheet === undefined ? notes : notes.filter(({ column }) => column !== undefined)
    const why = found?.problem?.message ?? (notes.find((note) => note.isLoss === true) ?? others[0])?.message
    if (why === undefined) continue
    notifyDone(`${displayName(baseName(path))}: ${withFieldNames(why)}`, {
      label: 'How it is read',
      run: () => {
        useSession.getState().select(path)
        showDialog({ kind: 'reading', path })
      },
    })
    return
  }
}

async function importing(
  { connection: { api }, directory }: ImportContext,
  send: (task: TaskHandle, importId: string) => Promise<OnExisting | null>,
): Promise<boolean> {
  const where = directory === '/' ? 'the pond' : `"${displayName(baseName(directory))}"`
  try {
    const staged = await runTask(`Importing into ${where}`, async (task): Promise<StagedImport | null> => {
      const { importId } = await api.files.beginImport()
      let finished = false
      try {
        const answer = await send(task, importId)
        if (answer === null) return null
        const result = await followSteps(
          await api.files.finishImport({ importId, onExisting: answer }, { signal: task.signal }),
          task.progress,
        )
        finished = true
        return result
      } finally {
        if (!finished) await api.files.cancelImport({ importId }).catch(() => {})
      }
    })
    if (staged !== null) tell(staged, directory)
    return staged !== null
  } catch (error) {
    tellFailure('Nothing was imported', error)
    return false
  }
}

function tell(staged: StagedImport, directory: string): void {
  if (directory !== '/') revealInTree(directory)
  const skipped = staged.skipped.length
  const [first] = staged.skipped
  notifyDone(
    skipped === 0 || first === undefined
      ? `Imported ${formatCount(staged.files, 'file')}, pending until you commit`
      : `Imported ${formatCount(staged.files, 'file')}; skipped ${formatCount(skipped, 'file')}, such as ${displayName(first.path)} (${first.reason})`,
    staged.displaced > 0
      ? { label: 'Undo', run: () => runCommand('changes.undo') }
      : { label: 'Show changes', run: () => useSession.getState().setTab('changes') },
  )
}

/** What to do with files in the way; null when the import is called off. Where none was, one that comes meanwhile is not touched. */
function askAbout(plan: ImportPlan): Promise<OnExisting | null> {
  if (plan.conflicts.length === 0) return Promise.resolve('refuse')
  return new Promise((resolve) => {
    showDialog({
      kind: 'conflicts',
      plan,
      answer: (answer) => {
        showDialog(null)
        resolve(answer)
      },
    })
  })
}

/** Many small files are counted, others weighed: the figure that moves is the one to show. */
const SMALL_BYTES = 64 * 1024

function progressOf(items: readonly ImportItem[]) {
  const files = items.filter((item) => item.file !== null).length
  const bytes = weigh(items)
  const unit = bytes / Math.max(1, files) < SMALL_BYTES ? 'files' : 'bytes'
  const measure = (batch: readonly ImportItem[]): number =>
    unit === 'files' ? batch.filter((item) => item.file !== null).length : weigh(batch)
  let before = 0
  return {
    within: (batch: readonly ImportItem[], part: number): Progress => ({
      kind: 'progress',
      done: Math.round(before + part * measure(batch)),
      total: unit === 'files' ? files : bytes,
      unit,
      note: 'Sending',
    }),
    sent: (batch: readonly ImportItem[]): void => {
      before += measure(batch)
    },
  }
}

const weigh = (items: readonly ImportItem[]): number => items.reduce((sum, item) => sum + (item.file?.size ?? 0), 0)
