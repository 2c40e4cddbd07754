/** Why a pond could not be opened or created, with the way on where there is one. */
import { Button } from '@mantine/core'
import { displayName, ErrorState } from '../../ui'
import { useOpening, usePondActions, type Refusal } from './opening'

export function RefusalNotice() {
  const refusal = useOpening((s) => s.refusal)
  return refusal === null ? null : <RefusalOf refusal={refusal} />
}

export function RefusalOf({ refusal }: { readonly refusal: Refusal }) {
  const { failure, path } = refusal
  const actions = usePondActions()
  const busy = useOpening((s) => s.busy)
  const action =
    failure.code === 'steward.not-a-pond' ? (
      <Button loading={busy !== null} onClick={() => void actions.create(path)}>
        Create a pond there
      </Button>
    ) : failure.code === 'steward.already-a-pond' ? (
      <Button loading={busy !== null} onClick={() => void actions.open(path)}>
        Open it
      </Button>
    ) : undefined
  return <ErrorState compact title={titleFor(failure.code, displayName(path))} failure={failure} action={action} />
}

function titleFor(code: string, path: string): string {
  switch (code) {
    case 'steward.not-a-pond':
      return `${path} is not a pond yet`
    case 'steward.already-a-pond':
      return `${path} is a pond already`
    case 'steward.newer-format':
      return `${path} was made by a newer DuckPond`
    default:
      return `${path} cannot be used as a pond`
  }
}
