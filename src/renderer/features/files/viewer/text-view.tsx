/** A file as text: read, and edited into a pending change. Ten megabytes are nothing special. */
import { Button, Loader } from '@mantine/core'
import { IconDeviceFloppy, IconPencil } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { Entry, RecipeProblem } from '../../../../shared/model'
import {
  draftOf,
  failureOf,
  keepDraft,
  useAt,
  useCommand,
  useConnection,
  useDraft,
  usePond,
  useReadOnlyReason,
  useSession,
} from '../../../session'
import {
  computedBy,
  EmptyState,
  ErrorState,
  formatBytes,
  formatCount,
  KeyHint,
  shellQuote,
  Spacer,
  Toolbar,
} from '../../../ui'
import { RecipeFrame } from '../recipe/recipe-frame'
import { isRecipe, yamlEditor } from '../recipe/yaml-editor'
import { showDialog } from '../state'
import { CodeText, type CodeTextHandle } from './code-text'
import { useContent } from './content'
import { tellDiscardedEdits } from './discarded-edits'
import { decodeText } from './text-document'
import { useSaveText } from './use-save-text'
import classes from './viewer.module.css'

/** What is loaded of a larger file, to look at. */
const SHOWN_BYTES = 16 * 1024 * 1024

export function TextView({ entry }: { readonly entry: Entry }) {
  const size = entry.size ?? 0
  const shown = Math.min(size, SHOWN_BYTES)
  const content = useContent(entry, 0, shown)
  const whole = shown === size
  const bytes = size === 0 ? EMPTY : content.data
  const document = useMemo(() => (bytes === undefined ? null : decodeText(bytes, whole)), [bytes, whole])
  // While newer content is on its way the editor stays with the text it has, and with the hash of that text.
  const latest = useRef<Shown | null>(null)
  if (document !== null) latest.current = { entry, document, whole, shown }
  const text = latest.current?.entry.path === entry.path ? latest.current : null
  if (content.error !== null) {
    return (
      <ErrorState
        title="The text cannot be read"
        failure={failureOf(content.error)}
        action={
          <Button variant="default" loading={content.isFetching} onClick={() => void content.refetch()}>
            Read it again
          </Button>
        }
      />
    )
  }
  if (text === null) {
    return (
      <div className={classes.waiting}>
        <Loader size="xs" aria-label="Reading the text" />
      </div>
    )
  }
  return <Text key={entry.path} {...text} />
}

/** A text and the entry whose content it is. */
interface Shown {
  readonly entry: Entry
  readonly document: ReturnType<typeof decodeText>
  readonly whole: boolean
  readonly shown: number
}

const EMPTY = new Uint8Array(0)

function Text({ entry, document, whole, shown }: Shown) {
  const readOnly = useReadOnlyReason()
  const { pondId } = usePond()
  const draft = useDraft(entry.path)
  const save = useSaveText()
  const [editing, setEditing] = useState(() => draftOf(pondId, entry.path) !== undefined)
  const [saving, setSaving] = useState(false)
  const [editor, setEditor] = useState<CodeTextHandle | null>(null)
  const [lines, setLines] = useState<number | null>(null)
  const obstacle =
    readOnly ??
    (entry.recipe !== undefined
      ? `it is ${computedBy(entry.recipe)}: edit that instead`
      : !whole
        ? 'only a part of it is loaded'
        : !document.exact
          ? 'it is not UTF-8 throughout: saving would damage it'
          : null)
  const edit = editing && obstacle === null
  const hasDraft = draft !== undefined
  // Edits that come back are edited on.
  useEffect(() => {
    if (hasDraft) setEditing(true)
  }, [hasDraft])
  const outdated = draft !== undefined && draft.base !== entry.sha256

  // What the editor's text was made from: what is there may be newer by the next moment.
  const began = useRef({ sha256: entry.sha256, text: document.text })
  const baseOf = (): string | null => draftOf(pondId, entry.path)?.base ?? began.current.sha256
  const keep = (text: string): void => {
    // A text that is back to what is there has nothing to lose.
    const base = baseOf()
    keepDraft(pondId, entry.path, text === document.text ? null : { text, base })
  }
  const leave = (): void => {
    setSaving(false)
    setEditing(false)
  }
  const discardEdits = (): void => {
    const draft = { text: editor?.text() ?? document.text, base: baseOf() }
    editor?.forget()
    keepDraft(pondId, entry.path, null)
    leave()
    if (draft.text !== document.text) tellDiscardedEdits(pondId, entry.path, draft)
  }
  const onSave = async (): Promise<void> => {
    if (editor === null || saving) return
    setSaving(true)
    const text = editor.text()
    keep(text)
    const outcome = await save(entry.path, text, baseOf())
    if (outcome === 'saved') {
      keepDraft(pondId, entry.path, null)
      if (text === document.text) leave()
      return
    }
    setSaving(false)
    if (typeof outcome === 'object') showDialog({ kind: 'text-changed', path: entry.path, text, ...outcome })
  }
  // The editor shows what was saved until the news of it is here; the text before would flash up otherwise.
  useEffect(() => {
    const { sha256: base, text } = began.current
    if (base === entry.sha256) return
    began.current = { sha256: entry.sha256, text: document.text }
    const typed = editor?.text()
    const isTyped = !saving && editing && typed !== undefined && typed !== text && typed !== document.text
    if (isTyped) keepDraft(pondId, entry.path, { text: typed, base: draftOf(pondId, entry.path)?.base ?? base })
    else if (saving || draftOf(pondId, entry.path) === undefined) leave()
    // oxlint-disable-next-line react/exhaustive-deps -- only the content's hash tells that the news is here
  }, [entry.sha256])
  useCommand(
    {
      id: 'files.edit',
      title: 'Edit this text',
      group: 'Files',
      key: null,
      cli: `pond write ${shellQuote(entry.path)}`,
      disabled: obstacle,
      run: () => setEditing(true),
    },
    {
      id: 'files.save',
      title: 'Save the text as a pending change',
      group: 'Files',
      key: 'mod+S',
      cli: `pond write ${shellQuote(entry.path)}`,
      disabled: edit ? null : 'nothing is being edited',
      inFields: true,
      run: () => void onSave(),
    },
  )
  useEffect(() => {
    if (edit) editor?.focus()
  }, [edit, editor])
  const { api } = useConnection()
  const at = useAt()
  const moment = useRef(at)
  moment.current = at
  const language = useMemo(() => yamlEditor(entry.name, { api, at: () => String(moment.current) }), [api, entry.name])
  const place = useSession((s) => (s.place?.path === entry.path ? s.place : null))
  useEffect(() => {
    if (editor === null || place === null) return
    useSession.getState().takePlace()
    if (place.edit === true) setEditing(true)
    editor.goTo(place.line, place.column)
  }, [editor, place])
  const problems = useRef<readonly RecipeProblem[]>([])
  // A new editor has no marks yet.
  useEffect(() => editor?.mark(problems.current), [editor])
  const framed = (text: ReactNode): ReactNode =>
    isRecipe(entry.name) && whole && document.exact ? (
      <RecipeFrame
        path={entry.path}
        text={edit && draft !== undefined ? draft.text : document.text}
        onProblems={(found) => {
          problems.current = found
          editor?.mark(found)
        }}
        onGoTo={({ line, column }) => editor?.goTo(line ?? 1, column ?? 1)}
      >
        {text}
      </RecipeFrame>
    ) : (
      text
    )

  return (
    <>
      <Toolbar>
        <span className="pond-dim pond-numbers">
          {lines !== null && formatCount(lines, 'line')}
          {document.lineEnd === '\r\n' && ', CRLF'}
        </span>
        <Spacer />
        {edit ? (
          <>
            <Button variant="default" onClick={discardEdits}>
              Discard edits
            </Button>
            <Button
              loading={saving}
              leftSection={<IconDeviceFloppy size={16} stroke={1.6} />}
              onClick={() => void onSave()}
            >
              Save as pending
              <KeyHint hotkey="mod+S" />
            </Button>
          </>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconPencil size={16} stroke={1.6} />}
            disabled={obstacle !== null}
            title={obstacle ?? undefined}
            onClick={() => setEditing(true)}
          >
            Edit
          </Button>
        )}
      </Toolbar>
      {!whole && (
        <div className={classes.note}>
          The first {formatBytes(shown)} of {formatBytes(entry.size ?? 0)}. Download the file to see the rest, or look
          at its bytes.
        </div>
      )}
      {!document.exact && (
        <div className={classes.note}>This file is not UTF-8 throughout; what could not be decoded is drawn as �.</div>
      )}
      {edit && outdated && (
        <div className={classes.note}>
          The file has changed since you began. Nothing is replaced before you have seen both.
        </div>
      )}
      {document.text === '' && !edit ? (
        <EmptyState>The file is empty.</EmptyState>
      ) : (
        framed(
          <CodeText
            className={classes.fill}
            label={`Text of ${entry.name}`}
            language={language}
            text={edit && draft !== undefined ? draft.text : document.text}
            textKey={edit ? 'draft' : (entry.sha256 ?? document.text)}
            lineEnd={document.lineEnd}
            editable={edit && !saving}
            onReady={setEditor}
            onLines={setLines}
            onEdited={keep}
          />,
        )
      )}
    </>
  )
}
