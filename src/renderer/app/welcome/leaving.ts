/** Asks before a pond is left whose files have unsaved edits. */
import { modals } from '@mantine/modals'
import { createElement } from 'react'
import type { PondInfo } from '../../../shared/model'
import { unsavedOf } from '../../session'
import { displayName, formatCount } from '../../ui'

/** How many files the question names. */
const NAMED = 5

/** Resolves to whether the pond can be left; at once when there is nothing to lose. */
export async function mayLeavePond({ pondId, name }: PondInfo): Promise<boolean> {
  const unsaved = unsavedOf(pondId)
  if (unsaved.length === 0) return true
  const rest = unsaved.length - NAMED
  const names = unsaved.slice(0, NAMED).map(displayName).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title: `Leave "${displayName(name)}" without saving?`,
      children: createElement(
        'p',
        { style: { margin: 0, overflowWrap: 'anywhere' } },
        `${formatCount(unsaved.length, 'file has', 'files have')} unsaved edits, which are lost: ${names}`,
      ),
      labels: { confirm: 'Discard edits', cancel: 'Cancel' },
      // Above the dialog that asked which pond to open.
      zIndex: 400,
      onConfirm: () => resolve(true),
      // Every other way of closing it comes here; a promise is settled once.
      onClose: () => resolve(false),
    })
  })
}
