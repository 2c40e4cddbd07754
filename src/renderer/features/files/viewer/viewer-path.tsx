/** Where an entry is: every directory on the way is a button, the entry's own name stands out. */
import { UnstyledButton } from '@mantine/core'
import type { Entry } from '../../../../shared/model'
import { pathNames, type PondPath } from '../../../../shared/path'
import { useIsUnsaved, usePond, useSession } from '../../../session'
import { ChangeBadge, displayName, EntryIcon } from '../../../ui'
import { revealInTree } from '../state'
import { UnsavedDot } from '../unsaved-dot'
import classes from './viewer.module.css'

export function ViewerPath({ entry }: { readonly entry: Entry }) {
  const pond = usePond()
  const unsaved = useIsUnsaved(entry.path)
  const names = pathNames(entry.path as PondPath)
  const go = (path: string): void => {
    useSession.getState().select(path)
    if (path !== '/') revealInTree(path)
  }
  return (
    <nav className={classes.path} aria-label="Path">
      {names.length === 0 ? (
        <span className={classes.last}>{displayName(pond.name)}</span>
      ) : (
        <UnstyledButton className={classes.step} onClick={() => go('/')}>
          {displayName(pond.name)}
        </UnstyledButton>
      )}
      {names.map((name, i) => {
        const path = `/${names.slice(0, i + 1).join('/')}`
        return (
          <span key={path} className={classes.part}>
            <span className={classes.slash} aria-hidden>
              /
            </span>
            {i === names.length - 1 ? (
              <span className={classes.last} aria-current="page">
                <EntryIcon fileType={entry.fileType} name={entry.name} recipe={entry.recipe} />
                <span className="pond-ellipsis">{displayName(name)}</span>
                {unsaved && <UnsavedDot />}
              </span>
            ) : (
              <UnstyledButton className={classes.step} onClick={() => go(path)}>
                {displayName(name)}
              </UnstyledButton>
            )}
          </span>
        )
      })}
      {entry.change !== null && <ChangeBadge change={entry.change} oldPath={entry.oldPath} />}
    </nav>
  )
}
