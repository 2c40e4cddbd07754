/** Names for what is new: a folder, or a link with where it points. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { baseName } from '../../../../shared/path'
import { displayName } from '../../../ui'
import { useFileActions } from '../actions'
import { problemOf } from '../navigator/tree-row'
import { DialogForm } from './dialog-form'

export function NewFolderForm({ parent }: { readonly parent: string }) {
  const actions = useFileActions()
  const [name, setName] = useState('')
  return (
    <DialogForm
      submit="Create folder"
      disabled={problemOf(name) !== ''}
      onSubmit={() => actions.makeFolder(parent, name)}
    >
      <NameInput label={`Name, in ${displayName(parent)}`} value={name} onChange={setName} />
    </DialogForm>
  )
}

export function LinkForm({ parent, target }: { readonly parent: string; readonly target: string }) {
  const actions = useFileActions()
  const [name, setName] = useState(target === '' ? '' : `${baseName(target)} link`)
  const [to, setTo] = useState(target)
  return (
    <DialogForm
      submit="Create link"
      disabled={problemOf(name) !== '' || to === ''}
      onSubmit={() => actions.makeLink(parent, name, to)}
    >
      <NameInput label={`Name, in ${displayName(parent)}`} value={name} onChange={setName} />
      <TextInput
        label="Points to"
        description="A path of the pond, absolute or relative to the link's folder."
        spellCheck={false}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
    </DialogForm>
  )
}

function NameInput({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  const [touched, setTouched] = useState(false)
  const problem = problemOf(value)
  return (
    <TextInput
      label={label}
      data-autofocus
      spellCheck={false}
      value={value}
      error={touched && problem !== '' ? problem : null}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        setTouched(true)
        onChange(event.currentTarget.value)
      }}
    />
  )
}
