/** Every version of one entry, the pending one on top: open it, compare it with now, restore it. */
import { IconArrowBackUp, IconEye, IconGitCompare } from '@tabler/icons-react'
import type { Entry, FileVersion } from '../../../../shared/model'
import { failureOf, useAt, useRead, useReadOnlyReason, useSession } from '../../../session'
import {
  ChangeBadge,
  computedBy,
  displayName,
  EmptyState,
  ErrorState,
  IconButton,
  PaneBody,
  shortHash,
  SizeText,
  TimeAgo,
} from '../../../ui'
import { useFileActions } from '../actions'
import classes from './versions-view.module.css'

export function VersionsView({ entry }: { readonly entry: Entry }) {
  const { data, error } = useRead(['versions', entry.path], (api) => api.files.versions({ path: entry.path }), {
    followNews: true,
  })
  if (error !== null) return <ErrorState title="The versions cannot be listed" failure={failureOf(error)} />
  if (data === undefined) return null
  if (data.length === 0) return <EmptyState>This entry has no versions yet.</EmptyState>
  return (
    <PaneBody>
      <table className={classes.table} aria-label={`Versions of ${displayName(entry.name)}`}>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">Change</th>
            <th scope="col">When</th>
            <th scope="col">Message</th>
            <th scope="col" className={classes.number}>
              Size
            </th>
            <th scope="col">SHA-256</th>
            <th scope="col">
              <span className="pond-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.map((version) => (
            <VersionRow
              key={version.version ?? 'pending'}
              entry={entry}
              version={version}
              newest={version === data.find((v) => v.version !== null)}
            />
          ))}
        </tbody>
      </table>
    </PaneBody>
  )
}

function VersionRow({
  entry,
  version,
  newest,
}: {
  readonly entry: Entry
  readonly version: FileVersion
  readonly newest: boolean
}) {
  const at = useAt()
  const actions = useFileActions()
  const readOnly = useReadOnlyReason()
  const { setAt, compare } = useSession.getState()
  const number = version.version
  const here = number === null ? at === 'pending' : at === number
  const gone = version.change === 'deleted'
  const whyNotRestored =
    entry.recipe !== undefined
      ? `it is ${computedBy(entry.recipe)}: restore that, or what it reads`
      : at === 'pending'
        ? readOnly
        : newest
          ? 'this is the newest version'
          : null
  return (
    <tr data-here={here || undefined}>
      <td className={classes.version}>{number === null ? 'Pending' : number}</td>
      <td>
        <ChangeBadge change={version.change} oldPath={version.oldPath} />
      </td>
      <td className={classes.when}>
        {version.committedAt === null ? 'not committed yet' : <TimeAgo instant={version.committedAt} />}
      </td>
      <td className={classes.message} title={version.message ?? undefined}>
        {version.message ?? ''}
        {version.path !== entry.path && <span className={classes.path}> as {displayName(version.path)}</span>}
      </td>
      <td className={classes.number}>
        <SizeText bytes={version.size} />
      </td>
      <td>{version.sha256 !== null && <code title={version.sha256}>{shortHash(version.sha256)}</code>}</td>
      <td className={classes.actions}>
        {number !== null && (
          <>
            <IconButton
              size={24}
              label={`Open version ${number}`}
              icon={<IconEye size={16} stroke={1.6} />}
              disabledReason={gone ? 'it was deleted then' : null}
              onClick={() => setAt(number)}
            />
            <IconButton
              size={24}
              label={`Compare version ${number} with now`}
              icon={<IconGitCompare size={16} stroke={1.6} />}
              onClick={() => compare({ path: entry.path, from: String(number), to: 'pending' })}
            />
            <IconButton
              size={24}
              label={`Restore version ${number}`}
              icon={<IconArrowBackUp size={16} stroke={1.6} />}
              disabledReason={whyNotRestored}
              onClick={() => void actions.restore(entry.path, number)}
            />
          </>
        )}
      </td>
    </tr>
  )
}
