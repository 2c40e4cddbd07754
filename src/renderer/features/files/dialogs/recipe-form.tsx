/** Where a new recipe goes: it is saved as a pending change, and opened beside its preview. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { parsePath } from '../../../../shared/path'
import { failureOf, useApi, usePond, type RecipeRequest } from '../../../session'
import { displayName, notifyDone } from '../../../ui'
import { useFileActions } from '../actions'
import { openAt } from '../state'
import { useSaveText } from '../viewer/use-save-text'
import { DialogForm } from './dialog-form'
import classes from './dialogs.module.css'

const ENDING = '.recipe.yaml'

export function RecipeForm({ request: { text, path: proposed } }: { readonly request: RecipeRequest }) {
  const api = useApi()
  const { name: pond } = usePond()
  const save = useSaveText({ quiet: true })
  const actions = useFileActions()
  const [path, setPath] = useState(proposed)
  const [taken, setTaken] = useState<string | null>(null)
  const output = path.endsWith(ENDING) ? path.slice(0, -ENDING.length) : path
  const problem = taken === path ? `Something is called so already` : problemOf(output)
  const make = async (): Promise<boolean> => {
    const isThere = await api.files.existing({ paths: [output] })
    if (isThere.length > 0) {
      setTaken(path)
      return false
    }
    const saved = await save(output + ENDING, text, null)
    if (saved === 'taken') setTaken(path)
    if (saved !== 'saved') return false
    openAt({ path: output + ENDING, line: 1, column: 1, edit: true })
    notifyDone(`Made "${displayName(output)}", pending until you commit`, {
      label: 'Undo',
      run: () => void actions.discard([output + ENDING]),
    })
    return true
  }
  return (
    <DialogForm submit="Make the recipe" disabled={problem !== null} onSubmit={make}>
      <TextInput
        label={`Path of what it makes, in ${displayName(pond)}`}
        description={`The recipe is saved beside it, as ${displayName(output.split('/').at(-1) ?? '')}${ENDING}.`}
        spellCheck={false}
        data-autofocus
        value={path}
        error={problem}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <pre className={classes.recipe} tabIndex={0} role="region" aria-label="The recipe">
        {text}
      </pre>
    </DialogForm>
  )
}

function problemOf(output: string): string | null {
  if (!output.startsWith('/')) return 'A path begins with /'
  if (output.endsWith('/')) return 'A name is missing after the last /'
  try {
    parsePath(output)
    return null
  } catch (error) {
    return failureOf(error).message
  }
}
